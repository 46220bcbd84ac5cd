package dev.landfall.store.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Documents in the order of their serial numbers, which grow. One that is removed leaves a vacant
 * place, and when half of the places are vacant the table is closed up. Guarded by the lock of its
 * application.
 */
final class BySerial {
  private static final int FEW = 16;

  private @Nullable MemoryDocument[] documents = new @Nullable MemoryDocument[FEW];

  /** Those of the vacant places, too, so that one can look for a number. */
  private long[] serials = new long[FEW];

  private int used;
  private int vacant;

  /** Adds a document whose number is greater than all before. */
  void add(MemoryDocument document) {
    if (used == documents.length) {
      int more = used + (used >> 1);
      documents = Arrays.copyOf(documents, more);
      serials = Arrays.copyOf(serials, more);
    }
    documents[used] = document;
    serials[used++] = document.serial;
  }

  /** Lets go of a document that is here. */
  void remove(MemoryDocument document) {
    documents[firstAfter(document.serial - 1)] = null;
    vacant++;
    if (vacant > FEW && vacant > used / 2) {
      closeUp();
    }
  }

  /** The first document whose number is greater than {@code serial}; null if there is none. */
  @Nullable MemoryDocument next(long serial) {
    for (int i = firstAfter(serial); i < used; i++) {
      if (documents[i] != null) {
        return documents[i];
      }
    }
    return null;
  }

  private int firstAfter(long serial) {
    int low = 0;
    int high = used;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (serials[middle] > serial) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private void closeUp() {
    @Nullable MemoryDocument[] kept = new @Nullable MemoryDocument[used - vacant + FEW];
    long[] numbers = new long[kept.length];
    int size = 0;
    for (int i = 0; i < used; i++) {
      if (documents[i] != null) {
        kept[size] = documents[i];
        numbers[size++] = serials[i];
      }
    }
    documents = kept;
    serials = numbers;
    used = size;
    vacant = 0;
  }
}
