package dev.landfall.benchmarks.load;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.benchmarks.Note;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What all connections do, each as a user of its own. */
public enum Scenario {
  /** A user with a hundred documents asks for news; there is none. */
  EMPTY_PULL("empty-pull", 100) {
    @Override
    Client client(Api api, User user) throws IOException, InterruptedException {
      return constant(api, user, User.pull(user.serverClock()), 0);
    }
  },

  /** A user with a thousand documents edits one field of one after the other. */
  PUSH("push", 1_000) {
    @Override
    Client client(Api api, User user) {
      return new Pusher(api, user, 1_000);
    }
  },

  /** A user creates one document after the other. */
  CREATE("create", 0) {
    @Override
    Client client(Api api, User user) {
      return new Creator(api, user, 1);
    }
  },

  /** A user creates fifty documents with each request. */
  CREATE_50("create-50", 0) {
    @Override
    Client client(Api api, User user) {
      return new Creator(api, user, 50);
    }
  },

  /** A user with a thousand documents looks for ten of them by a field that has no index. */
  SEARCH("search", 1_000) {
    @Override
    Client client(Api api, User user) throws IOException, InterruptedException {
      return search(api, user, "\"title\",\"op\":\"startsWith\",\"value\":\"Fetch parcel 99\"");
    }
  },

  /** The same by a field that has one. */
  SEARCH_INDEXED("search-indexed", 1_000) {
    @Override
    Client client(Api api, User user) throws IOException, InterruptedException {
      return search(api, user, "\"created\",\"op\":\"lt\",\"value\":1764000000010");
    }
  },

  /** A new device of a user with a thousand documents pulls all of them. */
  FULL_PULL("pull-1000", 1_000) {
    @Override
    Client client(Api api, User user) throws IOException, InterruptedException {
      return constant(api, user, User.pull(User.ZERO), 1_000);
    }
  },

  /** An existing client, which has nothing new and pushes its 50 documents all the same. */
  IDLE_LEGACY("idle-legacy", 50) {
    @Override
    Client client(Api api, User user) throws IOException, InterruptedException {
      return constant(api, user, user.unchanged(), 0);
    }
  };

  private final String text;
  private final int documents;

  Scenario(String text, int documents) {
    this.text = text;
    this.documents = documents;
  }

  /** Its name on the command line. */
  public String text() {
    return text;
  }

  /** Who sends it over connection {@code number}. */
  public Client client(Api api, int number) throws IOException, InterruptedException {
    return client(api, new User(api, text + "-" + number).create(documents));
  }

  /** Gives others documents, a thousand each, that nobody asks for afterwards. */
  public static void fillWithOthers(Api api, int documents)
      throws IOException, InterruptedException {
    for (int user = 0; user < documents / 1_000; user++) {
      new User(api, "other-" + user).create(1_000);
    }
  }

  abstract Client client(Api api, User user) throws IOException, InterruptedException;

  private static Client constant(Api api, User user, byte[] body, int documents)
      throws IOException, InterruptedException {
    JsonObject answer = user.sync(body);
    int delivered =
        answer.get("serverChanges") instanceof JsonArray array ? array.values().size() : -1;
    if (delivered != documents) {
      throw new IOException("not " + documents + " documents but " + delivered);
    }
    return repeating(api.syncRequest(user.token(), body));
  }

  private static Client search(Api api, User user, String filter) {
    String body = "{\"collection\":\"tasks\",\"filter\":{\"field\":" + filter + "}}";
    return repeating(api.searchRequest(user.token(), body.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Client repeating(ByteBuffer request) {
    return new Client() {
      @Override
      public ByteBuffer next() {
        return request.duplicate();
      }

      @Override
      public void answered(byte[] answer, int length) {
        // the same each time
      }
    };
  }

  private static final class Creator implements Client {
    private final Api api;
    private final User user;
    private final int documents;
    private int created;

    Creator(Api api, User user, int documents) {
      this.api = api;
      this.user = user;
      this.documents = documents;
    }

    @Override
    public ByteBuffer next() {
      ByteBuffer next = api.syncRequest(user.token(), user.creation(created, documents));
      created += documents;
      return next;
    }

    @Override
    public void answered(byte[] answer, int length) {
      user.keep(ServerClock.in(answer, length));
    }
  }

  private static final class Pusher implements Client {
    private final Api api;
    private final User user;
    private final int documents;
    private final Map<String, String> stamps = new LinkedHashMap<>();
    private long edits;

    Pusher(Api api, User user, int documents) {
      this.api = api;
      this.user = user;
      this.documents = documents;
    }

    @Override
    public ByteBuffer next() {
      int number = (int) (edits % documents);
      edits++;
      stamps.put(Note.EDITED, user.now());
      JsonWriter body = user.beginning();
      User.change(body, Note.key(number), Note.of(number, edits), stamps, user.serverClock());
      return api.syncRequest(user.token(), body.raw("]}").toBytes().toArray());
    }

    @Override
    public void answered(byte[] answer, int length) {
      user.keep(ServerClock.in(answer, length));
    }
  }

  /** The clock in an answer, which is near its end. */
  private static final class ServerClock {
    private static final byte[] NAME = "\"serverClock\":\"".getBytes(StandardCharsets.US_ASCII);

    static String in(byte[] answer, int length) {
      int at = length - NAME.length;
      while (at > 0 && !matches(answer, at)) {
        at--;
      }
      int from = at + NAME.length;
      int to = from;
      while (to < length && answer[to] != '"') {
        to++;
      }
      if (at == 0 || to == length) {
        throw new IllegalStateException(new String(answer, 0, length, StandardCharsets.UTF_8));
      }
      return new String(answer, from, to - from, StandardCharsets.US_ASCII);
    }

    private static boolean matches(byte[] answer, int at) {
      for (int i = 0; i < NAME.length; i++) {
        if (answer[at + i] != NAME[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
