package dev.landfall.benchmarks.echo;

import jakarta.inject.Singleton;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Reads the bytes of a request and answers with bytes it was given before. */
@ApplicationPath("/")
public class EchoApplication extends Application {
  /** The one resource. */
  @Path("/{name}")
  @Singleton
  @Produces(MediaType.APPLICATION_JSON)
  public static class Echo {
    private final ConcurrentMap<String, byte[]> answers = new ConcurrentHashMap<>();

    /** Sets the answer of that name. */
    @PUT
    public void answer(@PathParam("name") String name, byte[] answer) {
      answers.put(name, answer);
    }

    /** Takes a body and gives the answer. */
    @POST
    public byte[] echo(@PathParam("name") String name, byte[] body) {
      byte[] answer = answers.get(name);
      if (answer == null || body.length == 0) {
        throw new NotFoundException();
      }
      return answer;
    }
  }
}
