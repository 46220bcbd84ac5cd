package dev.landfall.webapp.audit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A route whose use is noted, once it has succeeded. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Audited {
  /** What is done: words of {@code a-z} with underscores between. */
  String value();

  /** What is noted if it fails; nothing unless it is named. */
  String refused() default "";
}
