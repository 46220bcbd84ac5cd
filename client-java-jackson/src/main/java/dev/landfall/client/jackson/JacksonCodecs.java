package dev.landfall.client.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotationIntrospectorPair;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.client.Codec;
import dev.landfall.client.Codecs;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Codecs by Jackson: records and beans, {@code java.time} as texts, sealed types that say with
 * {@code @JsonTypeInfo} how they are told apart. Fields that a class does not know are left out of
 * it and stay in the document.
 */
public final class JacksonCodecs implements Codecs {
  private final ObjectMapper mapper;

  /** With a mapper of its own. */
  public JacksonCodecs() {
    this(
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build());
  }

  /**
   * With a mapper of the application's.
   *
   * @param mapper a copy of it ignores fields that a class does not know, and knows the subclasses
   *     of sealed types
   */
  public JacksonCodecs(ObjectMapper mapper) {
    this.mapper = mapper.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    this.mapper.setAnnotationIntrospector(
        AnnotationIntrospectorPair.create(
            mapper.getSerializationConfig().getAnnotationIntrospector(), new Permitted()));
  }

  /** The subclasses of a sealed type are those that it permits. */
  private static final class Permitted extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable List<NamedType> findSubtypes(Annotated type) {
      Class<?>[] permitted = type.getRawType().getPermittedSubclasses();
      return permitted == null ? null : Arrays.stream(permitted).map(NamedType::new).toList();
    }
  }

  @Override
  public <T> Codec<T> of(Class<T> type) {
    JavaType java = mapper.constructType(type);
    return Codec.of(document -> this.<T>decode(document, java), value -> encode(value, java));
  }

  private <T> T decode(JsonObject document, JavaType type) {
    try {
      T value = mapper.readValue(JsonText.print(document), type);
      if (value == null) {
        throw new IllegalArgumentException("not a " + type.getRawClass().getName());
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a " + type.getRawClass().getName(), e);
    }
  }

  private JsonObject encode(Object value, JavaType type) {
    try {
      String json = mapper.writerFor(type).writeValueAsString(value);
      if (JsonText.parse(json) instanceof JsonObject object) {
        return object;
      }
    } catch (JsonProcessingException | JsonFormatException e) {
      throw new IllegalArgumentException(type.getRawClass().getName() + " cannot be written", e);
    }
    throw new IllegalArgumentException(type.getRawClass().getName() + " is no object in JSON");
  }
}
