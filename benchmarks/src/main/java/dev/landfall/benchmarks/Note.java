package dev.landfall.benchmarks;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import java.util.List;

/**
 * The typical document of all measurements: ten fields, about 450 bytes as JSON and 1,000 as it is
 * delivered. It fits the schema of the bundled {@code todo} as well as a free collection.
 */
public final class Note {
  /** The field that is edited. */
  public static final String EDITED = "title";

  private static final String TEXT =
      "The parcel is at the neighbour's. Ring twice, they are in the garden most of the time. "
          + "If nobody opens, the shop on the corner takes parcels too, until six in the evening.";

  private Note() {}

  /** The document of that number, after so many edits. */
  public static JsonObject of(int number, long edits) {
    return JsonObject.builder()
        .put(EDITED, "Fetch parcel " + number + ", plan " + edits)
        .put("done", number % 3 == 0)
        .put("priority", number % 10)
        .put("due", "2026-11-22T17:30:00Z")
        .put("assignee", "2a57ef6f-7243-8426-8531-acf2ae66ae41")
        .put("notes", TEXT)
        .put("tags", new JsonArray(List.of(new JsonString("errand"), new JsonString("home"))))
        .put("estimate", JsonNumber.parse("1.5"))
        .put("list", "This week")
        .put("created", 1_764_000_000_000L + number)
        .build();
  }

  /** The key of the document of that number. */
  public static String key(int number) {
    return "parcel-" + number;
  }
}
