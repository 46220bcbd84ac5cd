package dev.landfall.engine.document;

import dev.landfall.api.CollectionName;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.Register;
import dev.landfall.api.Sha256;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import java.util.HexFormat;

/**
 * Under which registers shared documents are found: those that an owner has published, those of an
 * organisation that others see, those that somebody has given to somebody. Their names say nothing
 * of whom they are about, so that nothing is left in them of who is gone.
 */
public final class Registers {
  /** All collections have one register. */
  private static final CollectionName ALL = new CollectionName("~");

  private static final int HASH_BYTES = 16;
  private static final String PUBLISHED = "published.";
  private static final String SHARED = "shared.";
  private static final String GIVEN = "given.";

  private Registers() {}

  /** What everybody reads of {@code owner}. */
  public static Register published(Owner owner) {
    return named(PUBLISHED, owner.text());
  }

  /** What others than its members read of an organisation, or somebody by a link. */
  public static Register shared(OrganisationId organisation) {
    return named(SHARED, organisation.text());
  }

  /** What {@code giver} lets {@code taker} read. */
  public static Register given(UserId giver, UserId taker) {
    return named(GIVEN, giver.text() + " " + taker.text());
  }

  /** The feed of a register. */
  public static Feed feed(Register register) {
    return new Feed(register, ALL);
  }

  /** The feed in which a document of {@code collection} stands for {@code reader}. */
  public static Feed feed(Principal reader, CollectionName collection) {
    return reader instanceof Register register ? feed(register) : new Feed(reader, collection);
  }

  /** Whether it is one of {@link #published}. */
  public static boolean isPublished(Register register) {
    return register.name().startsWith(PUBLISHED);
  }

  /** Whether it is one of {@link #given}. */
  public static boolean isGiven(Register register) {
    return register.name().startsWith(GIVEN);
  }

  private static Register named(String kind, String about) {
    return new Register(
        kind + HexFormat.of().formatHex(Sha256.of(kind + " " + about), 0, HASH_BYTES));
  }
}
