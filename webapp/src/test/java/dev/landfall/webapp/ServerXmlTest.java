package dev.landfall.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ServerXmlTest {
  private static final long BODY = 16L << 20;
  private static final int THREADS = 192;

  private static Map<String, Object> element(Object... attributes) {
    Map<String, Object> element = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < attributes.length; i += 2) {
      element.put(attributes[i].toString(), attributes[i + 1]);
    }
    return element;
  }

  private static ServerXml complete(Object... changed) {
    Map<String, Object> all =
        element(
            "AutoDecompression",
            false,
            "MessageSizeLimit",
            64L << 20,
            "skipEncodedCharVerification",
            "true",
            "com.ibm.ws.webcontainer.suppresslastzerobytepackage",
            "true",
            "coreThreads",
            192);
    for (int i = 0; i < changed.length; i += 2) {
      all.put(changed[i].toString(), changed[i + 1]);
    }
    return new ServerXml(List.of(all), List.of(all), List.of(all));
  }

  @Test
  void nothingIsMissingInTheFileOfTheGuide() {
    assertThat(complete().missing(BODY, THREADS)).isEmpty();
  }

  @Test
  void allOfItIsMissingInAServerThatSaysNothing() {
    assertThat(new ServerXml(List.of(), List.of(), List.of()).missing(BODY, THREADS)).hasSize(5);
  }

  @Test
  void oneEndpointThatIsOtherwiseIsFound() {
    Map<String, Object> one = element("AutoDecompression", "false", "MessageSizeLimit", BODY);
    Map<String, Object> other = element("AutoDecompression", "true", "MessageSizeLimit", BODY);

    assertThat(new ServerXml(List.of(one, other), List.of(), List.of()).missing(BODY, THREADS))
        .anySatisfy(missing -> assertThat(missing).contains("AutoDecompression"));
  }

  @Test
  void optionsThatNoEndpointUsesDoNotCount() {
    Map<String, Object> own = element("service.pid", "options-1", "AutoDecompression", "false");
    Map<String, Object> byDefault = element("service.pid", "options-0");
    Map<String, Object> endpoint = element("httpOptionsRef", "options-1");

    assertThat(ServerXml.used(List.of(byDefault, own), List.of(endpoint))).containsExactly(own);
    assertThat(ServerXml.used(List.of(byDefault), List.of())).containsExactly(byDefault);
  }

  @Test
  void aLimitBelowOursIsToldWithBoth() {
    assertThat(complete("MessageSizeLimit", 1_000).missing(BODY, THREADS))
        .singleElement()
        .asString()
        .contains("MessageSizeLimit=\"16777216\"")
        .contains("1000");
  }

  @Test
  void threadsHaveToBeAsManyAsMayBeHeld() {
    assertThat(complete("coreThreads", 191).missing(BODY, THREADS))
        .singleElement()
        .asString()
        .contains("coreThreads=\"192\"");
    assertThat(complete("coreThreads", -1).missing(BODY, THREADS)).hasSize(1);
  }
}
