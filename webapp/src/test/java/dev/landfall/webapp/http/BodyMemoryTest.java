package dev.landfall.webapp.http;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletRequest;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BodyMemoryTest {
  private static final long MIB = 1024 * 1024;

  private final BodyMemory memory = new BodyMemory(9 * MIB);

  private static ServletRequest request() {
    Map<Object, Object> attributes = new HashMap<>();
    return (ServletRequest)
        Proxy.newProxyInstance(
            BodyMemoryTest.class.getClassLoader(),
            new Class<?>[] {ServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "setAttribute" -> attributes.put(arguments[0], arguments[1]);
                  case "getAttribute" -> attributes.get(arguments[0]);
                  case "removeAttribute" -> attributes.remove(arguments[0]);
                  default -> null;
                });
  }

  private boolean takes(String client, long bytes) {
    return memory.lease(request(), client).reaches(bytes);
  }

  @Test
  void oneAccountLeavesRoomForTheLargeBodiesOfOthers() {
    assertThat(takes("mallory", 2 * MIB)).isTrue();
    assertThat(takes("mallory", 2 * MIB)).isFalse();
    assertThat(takes("alice", 2 * MIB)).isTrue();
    assertThat(takes("bob", 2 * MIB)).isTrue();
  }

  @Test
  void theOnlyLargeBodyMayBeAsLargeAsIsAllowedAtAll() {
    BodyMemory.Lease only = memory.lease(request(), "alice");
    for (long count = 0; count <= 16 * MIB; count += 8_192) {
      assertThat(only.reaches(count)).isTrue();
    }

    assertThat(takes("bob", MIB)).isFalse();
  }

  @Test
  void smallBodiesAreNotCounted() {
    assertThat(takes("alice", 16 * MIB)).isTrue();

    for (int i = 0; i < 1_000; i++) {
      assertThat(takes("alice", BodyMemory.STEP)).isTrue();
    }
  }

  @Test
  void whatARequestHadIsFreeWhenItIsOver() {
    for (int i = 0; i < 100; i++) {
      ServletRequest request = request();
      assertThat(memory.lease(request, "alice").reaches(8 * MIB)).isTrue();
      BodyMemory.release(request);
      BodyMemory.release(request);
    }
  }
}
