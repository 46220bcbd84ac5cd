package dev.landfall.webapp.it;

import org.junit.jupiter.api.Nested;

/** The wire contracts over the sqlite store. */
class SqliteServerIT {
  private static final String STORE = "sqlite";

  @Nested
  class Sync extends SyncContract {
    Sync() {
      super(TestServer.shared(STORE));
    }
  }

  @Nested
  class Live extends LiveContract {
    Live() {
      super(TestServer.shared(STORE));
    }
  }

  @Nested
  class History extends HistoryContract {
    History() {
      super(TestServer.shared(STORE));
    }
  }

  @Nested
  class Organisation extends OrganisationContract {
    Organisation() {
      super(TestServer.shared(STORE));
    }
  }

  @Nested
  class Session extends SessionContract {
    Session() {
      super(TestServer.shared(STORE));
    }
  }

  @Nested
  class Http extends HttpContract {
    Http() {
      super(TestServer.shared(STORE));
    }
  }

  @Nested
  class Sharing extends SharingContract {
    Sharing() {
      super(TestServer.shared(STORE));
    }
  }

  @Nested
  class LiveStreams extends LiveStreamContract {
    LiveStreams() {
      super(TestServer.shared(STORE));
    }
  }

  @Nested
  class SharingThreats extends SharingThreatsContract {
    SharingThreats() {
      super(TestServer.shared(STORE));
    }
  }
}
