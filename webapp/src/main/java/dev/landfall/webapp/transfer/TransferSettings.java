package dev.landfall.webapp.transfer;

/**
 * What can be configured about imports.
 *
 * @param importBytes how large a file may be, unpacked
 */
public record TransferSettings(long importBytes) {
  /** The defaults. */
  public static final TransferSettings DEFAULT = new TransferSettings(1024L * 1024 * 1024);
}
