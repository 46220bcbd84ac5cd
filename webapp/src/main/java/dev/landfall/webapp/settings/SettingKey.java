package dev.landfall.webapp.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every configuration key of the server. {@code docs/configuration.md} says what each is for; a
 * test compares the two.
 */
public enum SettingKey {
  STORE("landfall.store"),
  INSTANCE("landfall.instance"),
  SQLITE_FILE("landfall.sqlite.file"),
  MONGO_URI("landfall.mongo.uri"),
  MONGO_DATABASE("landfall.mongo.database"),
  MEMORY_MAX_BYTES("landfall.memory.max-bytes"),
  APPLICATIONS_FILE("landfall.applications.file"),
  HTTP_HOST("landfall.http.host"),
  HTTP_PORT("landfall.http.port"),
  HTTP_PROTOCOL("landfall.http.protocol"),
  TRUSTED_PROXIES("landfall.http.trusted-proxies"),
  HTTP_MESSAGE_BYTES("landfall.http.message-bytes"),
  METRICS_PATH("landfall.metrics.path"),
  JWT_SECRET("landfall.auth.jwt.secret"),
  JWT_ISSUER("landfall.auth.jwt.issuer"),
  SESSION_IDLE("landfall.auth.session.idle"),
  SESSION_LONGEST("landfall.auth.session.longest"),
  AUTH_DEV("landfall.auth.dev"),
  REDIRECT_BASE("landfall.auth.redirect-base"),
  GOOGLE_CLIENT_ID("landfall.auth.google.client-id"),
  GOOGLE_CLIENT_SECRET("landfall.auth.google.client-secret"),
  GITHUB_CLIENT_ID("landfall.auth.github.client-id"),
  GITHUB_CLIENT_SECRET("landfall.auth.github.client-secret"),
  MICROSOFT_CLIENT_ID("landfall.auth.microsoft.client-id"),
  MICROSOFT_CLIENT_SECRET("landfall.auth.microsoft.client-secret"),
  APPLE_CLIENT_ID("landfall.auth.apple.client-id"),
  APPLE_TEAM_ID("landfall.auth.apple.team-id"),
  APPLE_KEY_ID("landfall.auth.apple.key-id"),
  APPLE_PRIVATE_KEY("landfall.auth.apple.private-key"),
  OIDC_ISSUER("landfall.auth.oidc.{name}.issuer"),
  OIDC_CLIENT_ID("landfall.auth.oidc.{name}.client-id"),
  OIDC_CLIENT_SECRET("landfall.auth.oidc.{name}.client-secret"),
  CORS_ORIGINS("landfall.cors.origins"),
  ATOM_APPLICATION("landfall.atom.application"),
  ATOM_USERS("landfall.atom.users"),
  ATOM_TAGS("landfall.atom.tags"),
  ORGS_REGISTERABLE("landfall.orgs.registerable"),
  INVITATION_URL("landfall.orgs.invitation-url"),
  OPERATORS("landfall.operators"),
  AUDIT_RETENTION("landfall.audit.retention"),
  MAX_DRIFT("landfall.sync.max-drift"),
  HISTORY("landfall.sync.history"),
  TOMBSTONE_RETENTION("landfall.sync.tombstone-retention"),
  DEVICE_LIFETIME("landfall.sync.device-lifetime"),
  PUBLIC("landfall.sync.public"),
  PURGE_INTERVAL("landfall.sync.purge-interval"),
  LIMIT_BODY_BYTES("landfall.limits.body-bytes"),
  LIMIT_IMPORT_BYTES("landfall.limits.import-bytes"),
  LIMIT_BODY_TIME("landfall.limits.body-time"),
  LIMIT_BODIES("landfall.limits.bodies-waited-for"),
  LIMIT_DOCUMENT_BYTES("landfall.limits.document-bytes"),
  LIMIT_DEPTH("landfall.limits.depth"),
  LIMIT_LEAVES("landfall.limits.leaves"),
  LIMIT_CHANGES("landfall.limits.changes"),
  LIMIT_COLLECTIONS("landfall.limits.collections"),
  LIMIT_LIVE_CONNECTIONS("landfall.limits.live-connections"),
  LIMIT_REQUESTS("landfall.limits.requests-per-minute"),
  LIMIT_ADDRESS_REQUESTS("landfall.limits.address-requests-per-minute"),
  LIMIT_AT_ONCE("landfall.limits.requests-at-once"),
  LIMIT_ANSWER_RATE("landfall.limits.min-answer-rate"),
  LIMIT_SEARCH_TIME("landfall.limits.search-time"),
  LIMIT_NAMESPACE_DOCUMENTS("landfall.limits.namespace-documents"),
  LIMIT_NAMESPACE_BYTES("landfall.limits.namespace-bytes"),
  LIMIT_PUBLIC_DOCUMENTS("landfall.limits.public-documents"),
  LIMIT_PUBLIC_BYTES("landfall.limits.public-bytes"),
  LIMIT_GRANTS("landfall.limits.grants-to-one-person"),
  LIMIT_BLOCKED("landfall.limits.blocked-people"),
  LIMIT_LOOK_UPS("landfall.limits.address-look-ups-per-minute"),
  LIMIT_INVITATIONS("landfall.limits.org-invitations"),
  LIMIT_ORGS_FOUNDED("landfall.limits.orgs-founded"),
  LIMIT_ORGS_JOINED("landfall.limits.orgs-joined"),
  LOG_LEVELS("landfall.log.levels"),
  LOG_FORMAT("landfall.log.format"),
  CONSOLE("landfall.console"),
  LOG_ACCESS("landfall.log.access"),
  EXIT_ON_ERROR("landfall.exit-on-configuration-error"),
  ISSUER("mp.jwt.verify.issuer"),
  ISSUER_AUDIENCES("mp.jwt.verify.audiences"),
  ISSUER_ALGORITHM("mp.jwt.verify.publickey.algorithm"),
  ISSUER_KEY("mp.jwt.verify.publickey"),
  ISSUER_KEY_LOCATION("mp.jwt.verify.publickey.location");

  private static final String NAME = "{name}";

  private final String key;

  SettingKey(String key) {
    this.key = key;
  }

  /** The key as it is written in configuration. */
  public String key() {
    return key;
  }

  /** The key of one of several that are alike but for a name in them. */
  String key(String name) {
    return key.replace(NAME, name);
  }

  /** The setting that is written {@code key}. */
  public static Optional<SettingKey> of(String key) {
    for (SettingKey setting : values()) {
      if (setting.key.equals(key) || setting.nameIn(key).isPresent()) {
        return Optional.of(setting);
      }
    }
    return Optional.empty();
  }

  /** The setting whose name takes the fewest changes of a letter, written as {@code key} is. */
  static String nearest(String key) {
    boolean variable = key.equals(variable(key));
    String nearest = key;
    int fewest = Integer.MAX_VALUE;
    for (SettingKey setting : values()) {
      String name = variable ? variable(setting.key) : setting.key;
      int changes = changes(key, name);
      if (changes < fewest) {
        fewest = changes;
        nearest = name;
      }
    }
    return nearest;
  }

  /** How many letters have to be added, taken away or replaced (V. Levenshtein, 1966). */
  private static int changes(String from, String to) {
    int[] row = new int[to.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }

  /** The environment variable in which {@code key} can be written. */
  static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  /** Whether an environment variable of that name is one of a setting. */
  static boolean isVariable(String name) {
    for (SettingKey setting : values()) {
      int at = setting.key.indexOf(NAME);
      String behind = at < 0 ? "" : variable(setting.key.substring(at + NAME.length()));
      String before = variable(at < 0 ? setting.key : setting.key.substring(0, at));
      if (at < 0
          ? name.equals(before)
          : name.length() > before.length() + behind.length()
              && name.startsWith(before)
              && name.endsWith(behind)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Of the keys that a configuration lists those that somebody has written. It lists an environment
   * variable as it is, and once more as the key that it would be if each underscore were a dot.
   */
  static Set<String> written(Iterable<String> listed) {
    Set<String> all = new TreeSet<>();
    listed.forEach(all::add);
    Set<String> written = new TreeSet<>();
    for (String key : all) {
      if (of(key).filter(setting -> setting.key.equals(key)).isPresent()
          || key.equals(variable(key))
          || !all.contains(variable(key))) {
        written.add(key);
      }
    }
    return written;
  }

  /** The name that {@code key} has where this setting has one to be filled in. */
  Optional<String> nameIn(String key) {
    int at = this.key.indexOf(NAME);
    if (at < 0) {
      return Optional.empty();
    }
    String before = this.key.substring(0, at);
    String behind = this.key.substring(at + NAME.length());
    int length = key.length() - before.length() - behind.length();
    return length > 0 && key.startsWith(before) && key.endsWith(behind)
        ? Optional.of(key.substring(at, at + length))
        : Optional.empty();
  }
}
