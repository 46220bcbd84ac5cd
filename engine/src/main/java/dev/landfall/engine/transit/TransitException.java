package dev.landfall.engine.transit;

/** Some text is no Transit, or not of the shape that was asked for. */
public final class TransitException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int MAX_STEP = 40;
  private static final int MAX_PLACE = 200;

  private final String place;
  private final String problem;

  /** A problem of the whole. */
  public TransitException(String problem) {
    this("", problem);
  }

  private TransitException(String place, String problem) {
    super(place.isEmpty() ? problem : place + ": " + problem);
    this.place = place;
    this.problem = problem;
  }

  /** The same problem, seen from the map that has it under {@code key}. */
  public TransitException under(String key) {
    String name = key.startsWith("~:") ? key.substring(2) : key;
    String step = name.length() > MAX_STEP ? name.substring(0, MAX_STEP) + "..." : name;
    return at(place.isEmpty() || place.startsWith("[") ? step + place : step + "." + place);
  }

  /** The same problem, seen from the list that has it at {@code index}. */
  public TransitException under(int index) {
    String step = "[" + index + "]";
    return at(place.isEmpty() || place.startsWith("[") ? step + place : step + "." + place);
  }

  private TransitException at(String longer) {
    String shown = longer.length() > MAX_PLACE ? longer.substring(0, MAX_PLACE) : longer;
    return new TransitException(shown, problem);
  }

  /** Where, as in {@code docs[3].value}; empty if it is the whole. */
  public String place() {
    return place;
  }

  /** What is wrong there. */
  public String problem() {
    return problem;
  }
}
