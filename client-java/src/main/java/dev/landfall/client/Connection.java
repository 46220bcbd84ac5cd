package dev.landfall.client;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.OrganisationId;
import dev.landfall.client.http.ServerLink;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.store.Binding;
import dev.landfall.client.store.LocalStore;
import dev.landfall.client.store.LocalStoreException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection of one user, or of one user on behalf of an organisation, to one application. It
 * keeps {@linkplain SyncedAtom atoms} on this device and in step with the server, on threads of its
 * own that do not keep the process alive.
 *
 * <p>Safe for concurrent use.
 */
public final class Connection implements AutoCloseable {
  private record Opened(Codec<?> codec, SyncedAtom<?> atom) {}

  private final LocalStore store;
  private final String node;
  private final InstantSource clock;
  private final Identity identity;
  private final ServerLink link;
  private final ExecutorService callbacks;
  private final ExecutorService network;
  private final Loop loop;
  private final Map<CollectionName, Opened> atoms = new LinkedHashMap<>();
  private final Map<CollectionName, SyncedCollection<?>> collections = new LinkedHashMap<>();
  private final Map<Class<?>, Codec<?>> codecs = new LinkedHashMap<>();
  private final Supplier<Codecs> making;
  private final Consumer<ReplicaEvent> events;
  private final Consumer<Restored> restored;
  private final boolean asksBeforeRestoring;
  private boolean closed;

  private Connection(Builder builder) {
    this.store = builder.store;
    this.clock = builder.clock;
    this.identity = new Identity(store, builder.server, builder.binding());
    this.node = newNode();
    this.restored = builder.restored;
    this.asksBeforeRestoring = builder.asksBeforeRestoring;
    this.making = builder.codecs;
    this.events = builder.events;
    this.callbacks = Executors.newSingleThreadExecutor(daemons("landfall-callbacks"));
    this.network = Executors.newCachedThreadPool(daemons("landfall-network"));
    this.link =
        new ServerLink(
            builder.server,
            builder.application,
            builder.organisation.map(OrganisationId::value),
            builder.token,
            token -> callback(() -> builder.freshToken.accept(token)),
            network);
    this.loop =
        new Loop(
            link,
            identity,
            builder.interval,
            builder.liveHints,
            () -> renewed(builder),
            this::expelled);
  }

  private static String newNode() {
    return "java-" + UUID.randomUUID().toString().replace("-", "").substring(0, 16);
  }

  private static ThreadFactory daemons(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private void callback(Runnable work) {
    try {
      callbacks.execute(work);
    } catch (RejectedExecutionException closedMeanwhile) {
      return;
    }
  }

  private CompletableFuture<String> renewed(Builder builder) {
    CompletableFuture<String> token = new CompletableFuture<>();
    callback(
        () -> {
          try {
            builder
                .renewal
                .get()
                .whenComplete(
                    (renewed, problem) -> {
                      if (problem != null || renewed == null) {
                        token.cancel(false);
                      } else {
                        token.complete(renewed);
                      }
                    });
          } catch (RuntimeException e) {
            token.completeExceptionally(e);
          }
        });
    return token;
  }

  /**
   * Begins to open a connection.
   *
   * @param server its address, as {@code https://sync.example.org}
   * @throws IllegalArgumentException if the application has no valid name
   */
  public static Builder builder(URI server, String application) {
    return new Builder(server, new ApplicationName(application));
  }

  /**
   * The atom of a collection. What is on the device is there at once; the server is asked in the
   * background.
   *
   * @throws IllegalStateException if it was opened with another codec, or this is closed
   */
  public <T> SyncedAtom<T> atom(String collection, Codec<T> codec) {
    CollectionName name = new CollectionName(collection);
    SyncedAtom<T> atom;
    synchronized (atoms) {
      if (closed) {
        throw new IllegalStateException("the connection is closed");
      }
      Opened opened = atoms.get(name);
      if (opened != null) {
        if (opened.codec != codec) {
          throw new IllegalStateException("'" + collection + "' is open with another codec");
        }
        @SuppressWarnings("unchecked") // the same codec, so the same type
        SyncedAtom<T> same = (SyncedAtom<T>) opened.atom;
        return same;
      }
      atom =
          new SyncedAtom<>(
              name,
              codec,
              store,
              node,
              clock,
              this::callback,
              restored,
              asksBeforeRestoring,
              events,
              () -> loop.changed(name));
      atoms.put(name, new Opened(codec, atom));
    }
    loop.add(atom);
    return atom;
  }

  /**
   * A collection whose documents are of a class, by a codec of {@link Builder#codecs}.
   *
   * @throws IllegalArgumentException if the class cannot be one of documents
   * @throws IllegalStateException if there is nothing that makes codecs, it was opened with another
   *     codec, or this is closed
   */
  public <T> SyncedCollection<T> collection(String name, Class<T> type) {
    Codec<?> codec;
    synchronized (atoms) {
      codec = codecs.get(type);
      if (codec == null) {
        codec = making.get().of(type);
        codecs.put(type, codec);
      }
    }
    @SuppressWarnings("unchecked") // made of that class
    Codec<T> same = (Codec<T>) codec;
    return collection(name, same);
  }

  /**
   * A collection.
   *
   * @throws IllegalStateException if it was opened with another codec, or this is closed
   */
  public <T> SyncedCollection<T> collection(String name, Codec<T> codec) {
    SyncedAtom<T> atom = atom(name, codec);
    synchronized (atoms) {
      @SuppressWarnings("unchecked") // the atom has this codec, and the collection this atom
      SyncedCollection<T> collection =
          (SyncedCollection<T>)
              collections.computeIfAbsent(
                  new CollectionName(name),
                  unused ->
                      new SyncedCollection<>(
                          atom, identity::self, new ServerSearch(link), clock, this::callback));
      return collection;
    }
  }

  /** Goes on with another token, after {@link Status#UNAUTHORIZED} or before. */
  public void signIn(String token) {
    link.token(token);
    loop.resume();
  }

  /** Why what is done here is not kept on this device; empty if it is. */
  public Optional<Problem> storage() {
    return store.problem().map(why -> new Problem("not_kept", why));
  }

  /** Asks the server now, whatever the interval and earlier failures. */
  public void syncNow() {
    loop.resume();
  }

  /**
   * Goes on after a {@link Restored} event that waits: what the server has lost goes back to it.
   */
  public void bringBack() {
    synchronized (atoms) {
      atoms.values().forEach(opened -> opened.atom.bringBack());
    }
    loop.resume();
  }

  /** The caller is not in the organisation any more: its documents go from this device. */
  private void expelled() {
    synchronized (atoms) {
      for (CollectionName name : store.collections()) {
        if (!atoms.containsKey(name)) {
          Replica replica = store.load(name, node);
          store.save(name, replica.expelled());
        }
      }
      atoms.values().forEach(opened -> opened.atom.expelled());
    }
  }

  /**
   * Makes this device forget everything and ends the connection; unless changes would be lost by
   * that, which {@code force} allows.
   */
  public SignOut signOut(boolean force) {
    Map<String, Set<String>> unsent = new LinkedHashMap<>();
    int refused = 0;
    synchronized (atoms) {
      for (CollectionName name : store.collections()) {
        Opened opened = atoms.get(name);
        Set<String> names;
        if (opened != null) {
          names = opened.atom.unsent();
          refused += opened.atom.inbox().size();
        } else {
          Replica replica = store.load(name, node);
          names = SyncedAtom.names(replica.pending());
          refused += replica.inbox().size();
        }
        if (!names.isEmpty()) {
          unsent.put(name.value(), names);
        }
      }
      boolean safe = unsent.isEmpty() && refused == 0;
      if (!safe && !force) {
        return new SignOut(false, unsent, refused);
      }
    }
    end(store::clear);
    return new SignOut(true, unsent, refused);
  }

  /** Ends the connection. What has not been sent is sent by the next one with the same store. */
  @Override
  public void close() {
    end(() -> {});
  }

  private void end(Runnable last) {
    synchronized (atoms) {
      if (closed) {
        return;
      }
      closed = true;
    }
    loop.close();
    atoms.values().forEach(opened -> opened.atom.close());
    callbacks.shutdown();
    network.shutdownNow();
    try {
      last.run();
    } finally {
      store.close();
    }
  }

  /** How a connection is to be. */
  public static final class Builder {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration SHORTEST = Duration.ofMillis(50);

    private final URI server;
    private final ApplicationName application;
    private Optional<OrganisationId> organisation = Optional.empty();
    private String account = "";
    private String token = "";
    private Consumer<String> freshToken = token -> {};
    private Supplier<CompletionStage<@Nullable String>> renewal =
        () -> CompletableFuture.completedFuture(null);
    private LocalStore store = LocalStore.memory();
    private Duration interval = INTERVAL;
    private InstantSource clock = InstantSource.system();
    private boolean liveHints = true;
    private Consumer<Restored> restored = event -> {};
    private boolean asksBeforeRestoring;
    private Supplier<Codecs> codecs = Builder::found;
    private Consumer<ReplicaEvent> events = event -> {};

    private Builder(URI server, ApplicationName application) {
      String scheme = String.valueOf(server.getScheme()).toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        throw new IllegalArgumentException("the server's address starts with https:// or http://");
      }
      this.server = server;
      this.application = application;
    }

    /** The token to begin with; without one, {@link #onUnauthorized} is asked first. */
    public Builder token(String value) {
      token = value;
      return this;
    }

    /** Hears of each token that the server gives in exchange for one that grows old. */
    public Builder onFreshToken(Consumer<String> listener) {
      freshToken = listener;
      return this;
    }

    /**
     * Is asked for a token when the server does not accept the one there is. Nothing is sent until
     * the answer is there; null means that {@link Connection#signIn} will be called.
     */
    public Builder onUnauthorized(Supplier<CompletionStage<@Nullable String>> supplier) {
      renewal = supplier;
      return this;
    }

    /** Acts on behalf of an organisation: its documents are "one's own" then. */
    public Builder organisation(String id) {
      organisation = Optional.of(new OrganisationId(id));
      return this;
    }

    /**
     * What the application calls the user. A store that was opened for another account is not
     * opened again. Not needed: who the user is, the server is asked before anything is sent.
     */
    public Builder account(String name) {
      account = name;
      return this;
    }

    /** Where the device keeps its copy; the heap if nothing is said. The connection closes it. */
    public Builder store(LocalStore value) {
      store = value;
      return this;
    }

    /** How often the server is asked without being asked for; with live hints less often. */
    public Builder interval(Duration value) {
      if (value.compareTo(SHORTEST) < 0) {
        throw new IllegalArgumentException("an interval is at least " + SHORTEST);
      }
      interval = value;
      return this;
    }

    /** Whether the server may tell of news; true if nothing is said. */
    public Builder liveHints(boolean value) {
      liveHints = value;
      return this;
    }

    /** Hears what happens in all collections, on a thread of the connection. */
    public Builder onEvent(Consumer<ReplicaEvent> listener) {
      events = listener;
      return this;
    }

    /** Hears that the server came back empty, or from a backup. */
    public Builder onRestored(Consumer<Restored> listener) {
      restored = listener;
      return this;
    }

    /**
     * Whether nothing happens after a {@link Restored} event until {@link Connection#bringBack()}
     * is called; false if nothing is said.
     */
    public Builder asksBeforeRestoring(boolean value) {
      asksBeforeRestoring = value;
      return this;
    }

    /**
     * What makes codecs of classes, for {@link Connection#collection(String, Class)}. If nothing is
     * said, what a {@link ServiceLoader} finds.
     */
    public Builder codecs(Codecs value) {
      codecs = () -> value;
      return this;
    }

    private static Codecs found() {
      return ServiceLoader.load(Codecs.class)
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "nothing makes codecs of classes: add landfall-client-java-jackson or"
                          + " landfall-client-java-jsonb, or give a codec"));
    }

    /** What time it is. */
    public Builder clock(InstantSource value) {
      clock = value;
      return this;
    }

    private Binding binding() {
      return Binding.to(server, application, organisation, account);
    }

    /**
     * Opens the connection. No network is needed.
     *
     * @throws LocalStoreException if the store cannot be read or written
     * @throws WrongReplicaException if the store holds the copy of something else
     */
    public Connection connect() {
      return new Connection(this);
    }
  }
}
