package dev.landfall.engine.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.Bytes;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.device.Device;
import dev.landfall.engine.device.DeviceId;
import dev.landfall.engine.device.DeviceInfo;
import dev.landfall.engine.people.DisplayName;
import dev.landfall.store.memory.MemoryBackend;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ErasureReceiptsTest {
  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");
  private static final DeviceId PHONE = new DeviceId("phone");

  private final Directory directory = new MemoryBackend(1L << 30).directory();
  private long now = Instant.parse("2026-11-30T12:00:00Z").toEpochMilli();
  private final ErasureReceipts receipts =
      new ErasureReceipts(directory, new SecureRandom(), () -> Instant.ofEpochMilli(now));

  private Device phone() {
    DeviceInfo info =
        new DeviceInfo(
            PHONE,
            Optional.of(new DisplayName("Alice's phone")),
            Optional.of(new DisplayName("Android")),
            Optional.empty());
    return new Device(info, now, now, List.of(), List.of(), false);
  }

  private List<DirectoryRecord> kept() {
    return directory.list("erasureReceipt", "", 10);
  }

  @Test
  void aReceiptHasNeitherTheUserNorWhatDevicesAreCalled() {
    receipts.makeOut(ALICE, List.of(phone()));

    assertThat(kept()).hasSize(1);
    assertThat(kept().get(0).name() + kept().get(0).content().utf8())
        .doesNotContainIgnoringCase("alice")
        .contains("phone", "Android");
  }

  @Test
  void aDeviceConfirmsOnceAndForItsUserAlone() {
    String receipt = receipts.makeOut(ALICE, List.of(phone()));
    String other = receipts.makeOut(BOB, List.of(phone()));

    receipts.confirm(ALICE, PHONE);
    long first = now;
    now += 1_000;
    receipts.confirm(ALICE, PHONE);
    receipts.confirm(ALICE, new DeviceId("unknown"));

    assertThat(receipts.find(receipt).orElseThrow().devices().get(0).confirmedAt()).hasValue(first);
    assertThat(receipts.find(other).orElseThrow().devices().get(0).confirmedAt()).isEmpty();
  }

  @Test
  void itSaysWhetherTheErasureIsUnderWay() {
    String receipt = receipts.makeOut(ALICE, List.of());
    directory.write(new DirectoryRecord(Erasures.KIND, ALICE.text(), 1, Bytes.utf8("{}")));
    assertThat(receipts.find(receipt).orElseThrow().complete()).isFalse();

    directory.remove(Erasures.KIND, ALICE.text(), 1);

    assertThat(receipts.find(receipt).orElseThrow().complete()).isTrue();
  }

  @Test
  void itIsGoneAfterThirtyDaysOrWhenItIsTakenBack() {
    String receipt = receipts.makeOut(ALICE, List.of());
    String refused = receipts.makeOut(ALICE, List.of());
    receipts.takeBack(refused);
    assertThat(receipts.find(refused)).isEmpty();
    now += ErasureReceipts.KEPT.toMillis();

    assertThat(receipts.find(receipt)).isEmpty();
    receipts.sweep();
    assertThat(kept()).isEmpty();
  }

  @Test
  void whatIsNoReceiptIsNotFound() {
    String receipt = receipts.makeOut(ALICE, List.of());

    for (String wrong :
        List.of("", ".", receipt + "x", receipt.substring(1), receipt.replace('.', '/'))) {
      assertThat(receipts.find(wrong)).as(wrong).isEmpty();
    }
  }
}
