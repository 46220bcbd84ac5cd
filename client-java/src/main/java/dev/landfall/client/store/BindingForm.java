package dev.landfall.client.store;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import java.net.URI;
import java.util.Optional;

/** A {@link Binding} as a file keeps it. Anything else is an {@link IllegalArgumentException}. */
final class BindingForm {
  private BindingForm() {}

  static JsonObject encode(Binding binding) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("address", binding.address())
            .put("application", binding.application().value())
            .put("account", binding.account())
            .put("lost", binding.lost());
    binding.organisation().ifPresent(id -> json.put("organisation", id.value()));
    binding.user().ifPresent(id -> json.put("user", id.value()));
    binding.instance().ifPresent(id -> json.put("instance", id));
    binding.epoch().ifPresent(epoch -> json.put("epoch", epoch));
    return json.build();
  }

  static Binding decode(JsonObject json) {
    return new Binding(
        text(json, "address").orElseThrow(BindingForm::damaged),
        new ApplicationName(text(json, "application").orElseThrow(BindingForm::damaged)),
        text(json, "organisation").map(OrganisationId::new),
        text(json, "account").orElse(""),
        text(json, "user").map(UserId::new),
        text(json, "instance"),
        json.get("lost") == JsonBoolean.TRUE,
        text(json, "epoch"));
  }

  private static Optional<String> text(JsonObject json, String name) {
    return json.get(name) instanceof JsonString text ? Optional.of(text.value()) : Optional.empty();
  }

  private static IllegalArgumentException damaged() {
    return new IllegalArgumentException("not what was saved");
  }

  /**
   * Reads what files of the first version hold: {@code ADDRESS APPLICATION[ ORGANISATION][ of
   * ACCOUNT]}.
   */
  static Binding ofPurpose(String purpose) {
    int space = purpose.indexOf(' ');
    if (space < 0) {
      throw damaged();
    }
    URI server = URI.create(purpose.substring(0, space));
    String rest = purpose.substring(space + 1);
    String account = "";
    int of = rest.indexOf(" of ");
    if (of >= 0) {
      account = rest.substring(of + " of ".length());
      rest = rest.substring(0, of);
    }
    int second = rest.indexOf(' ');
    String application = second < 0 ? rest : rest.substring(0, second);
    Optional<OrganisationId> organisation =
        second < 0 ? Optional.empty() : Optional.of(new OrganisationId(rest.substring(second + 1)));
    return Binding.to(server, new ApplicationName(application), organisation, account);
  }
}
