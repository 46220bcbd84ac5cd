package dev.landfall.webapp.it;

import org.junit.jupiter.api.Nested;

/** The wire contracts that a server fulfils over any store. */
abstract class ServerContracts {
  private final String store;

  ServerContracts(String store) {
    this.store = store;
  }

  @Nested
  class Live extends LiveContract {
    Live() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class History extends HistoryContract {
    History() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Search extends SearchContract {
    Search() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Organisation extends OrganisationContract {
    Organisation() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Session extends SessionContract {
    Session() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Http extends HttpContract {
    Http() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Sharing extends SharingContract {
    Sharing() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class LiveStreams extends LiveStreamContract {
    LiveStreams() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class SharingThreats extends SharingThreatsContract {
    SharingThreats() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Export extends ExportContract {
    Export() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Erasure extends ErasureContract {
    Erasure() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Audit extends AuditContract {
    Audit() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class People extends PeopleContract {
    People() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Invitations extends InvitationContract {
    Invitations() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class LinkGrants extends LinkGrantContract {
    LinkGrants() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Devices extends DeviceContract {
    Devices() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Operators extends OperatorContract {
    Operators() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Holdings extends HoldingsContract {
    Holdings() {
      super(TestServer.shared(store));
    }
  }

  @Nested
  class Atom extends AtomContract {
    Atom() {
      super(TestServer.shared(store));
    }
  }
}
