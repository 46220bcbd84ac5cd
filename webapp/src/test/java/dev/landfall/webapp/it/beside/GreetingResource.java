package dev.landfall.webapp.it.beside;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** What somebody else's application does. */
@Path("/greeting")
public class GreetingResource {
  /** Greets. */
  @GET
  @Produces(MediaType.TEXT_PLAIN)
  public String greet() {
    return "Good morning";
  }
}
