package dev.landfall.webapp.session;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * This route, or all of this resource, is for whoever asks. Without this a route that finds out
 * nobody's session does not pass the build.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface WithoutSession {
  /** Why that is so. */
  String value();
}
