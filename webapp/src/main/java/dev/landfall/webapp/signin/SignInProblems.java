package dev.landfall.webapp.signin;

import dev.landfall.api.json.JsonObject;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.LogText;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.logging.Logger;

/**
 * The answer to a sign-in that failed: a page with a way back for browsers, JSON for others. The
 * reason is in the log alone.
 */
@Provider
@Singleton
public class SignInProblems implements ExceptionMapper<SignInException> {
  private static final Logger LOG = Logger.getLogger(SignInProblems.class.getName());

  // RESTEasy wants providers to have a constructor without parameters.
  @Inject private SignIn signIn;
  @Inject private HttpServletRequest request;

  @Override
  public Response toResponse(SignInException failure) {
    SignInProblem problem = failure.problem();
    if (problem == SignInProblem.PROVIDER_FAILED) {
      LOG.warning(() -> "A sign-in failed: " + LogText.of(String.valueOf(failure.getMessage())));
    } else if (problem == SignInProblem.UNPROVEN) {
      LOG.info(() -> "A sign-in was refused: " + LogText.of(String.valueOf(failure.getMessage())));
    }
    if (SignInPages.areWanted(request.getHeader(HttpHeaders.ACCEPT))) {
      return SignInPages.answer(
          Response.status(problem.status()),
          SignInPages.failed(problem, signIn.base(), failure.returnTo()));
    }
    return Response.status(problem.status())
        .type(MediaType.APPLICATION_JSON_TYPE)
        .entity(
            Answer.of(
                JsonObject.builder()
                    .put("error", problem.text())
                    .put("code", problem.code())
                    .build()))
        .build();
  }
}
