package dev.landfall.webapp.extension;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Shows what the sink was told: a resource of the application's own, beside ours. */
@Path("/remembered")
@Singleton
public class RememberedResource {
  private final RememberingSink sink;

  /** Over {@code sink}. */
  @Inject
  public RememberedResource(RememberingSink sink) {
    this.sink = sink;
  }

  /** One a line. */
  @GET
  @Produces(MediaType.TEXT_PLAIN)
  public String told() {
    return String.join("\n", sink.told());
  }
}
