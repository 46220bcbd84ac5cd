package dev.landfall.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class MemoryProviderTest {
  @Test
  void theProviderIsFoundByItsName() {
    List<StoreProvider> found =
        ServiceLoader.load(StoreProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.name().equals("memory"))
            .toList();

    assertThat(found).hasSize(1);
    try (StoreBackend opened = found.get(0).open(new StoreSettings(Map.of()))) {
      opened.check();
    }
  }

  @Test
  void aSizeThatIsNoneIsNamed() {
    for (String wrong : List.of("", "0", "-1", "1.5", "1G", "99999999999999999999")) {
      StoreSettings settings = new StoreSettings(Map.of("landfall.memory.max-bytes", wrong));

      assertThatThrownBy(() -> new MemoryProvider().open(settings))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageContaining("'" + wrong + "'")
          .extracting(e -> ((StoreConfigurationException) e).key())
          .isEqualTo("landfall.memory.max-bytes");
    }
  }
}
