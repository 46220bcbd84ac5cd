package dev.landfall.webapp;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Shows that the setup works. Temporary: goes when the first real resource comes. */
@Path("/probe")
@ApplicationScoped
public class ProbeResource {
  private static final Logger LOG = Logger.getLogger(ProbeResource.class.getName());

  void started(@Observes @Initialized(ApplicationScoped.class) Object event) {
    System.out.println("Welcome by System.out");
    LOG.info("Welcome by java.util.logging");
    LOG.fine("Not to be seen");
  }

  /** What the process looks like from inside. */
  @GET
  @Produces("text/plain")
  public String probe() {
    return "user.dir=%s%nfile=%s%npath=%s%nPWD=%s%npid=%d%nexit=%s%nport=%s%n"
        .formatted(
            System.getProperty("user.dir"),
            new java.io.File("landfall.db").getAbsolutePath(),
            java.nio.file.Path.of("landfall.db").toAbsolutePath(),
            System.getenv("PWD"),
            ProcessHandle.current().pid(),
            System.getProperty("landfall.exit-on-configuration-error"),
            org.eclipse.microprofile.config.ConfigProvider.getConfig()
                .getOptionalValue("landfall.http.port", String.class)
                .orElse("none"));
  }

  /** How large a body arrives, and how it says it is encoded. */
  @POST
  @Consumes("*/*")
  @Produces("text/plain")
  public String post(byte[] body, @Nullable @HeaderParam("Content-Encoding") String encoding) {
    return body.length + " bytes, " + encoding + "\n";
  }

  /** Fails. */
  @GET
  @Path("/fail")
  public String fail() {
    throw new IllegalStateException("secret of the inside");
  }
}
