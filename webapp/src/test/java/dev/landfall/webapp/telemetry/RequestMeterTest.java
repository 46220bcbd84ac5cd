package dev.landfall.webapp.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestMeterTest {
  @ParameterizedTest
  @CsvSource({
    "/todo/sync, /{application}/sync",
    "todo/changes, /{application}/changes",
    "/x/history/restore, /{application}/history/restore",
    "/auth/me, /auth/me",
    "/auth/login, /auth/login",
    "/auth/anything, /auth/{provider}",
    "/auth/anything/callback, /auth/{provider}/callback",
    "/auth/link/anything, /auth/link/{provider}",
    "/auth/providers/anything, /auth/providers/{provider}",
    "/auth/, other",
    "/auth/a/b, other",
    "/auth/a/b/callback, other",
    "/orgs, /orgs",
    "orgs, /orgs",
    "/sync, /sync",
    "/todo/atom, /{application}/atom",
    "/orgs/x/members, /orgs/{orgId}/members",
    "/orgs/x/members/members, /orgs/{orgId}/members/{userId}",
    "/orgs/x/other, other",
    "/a/b/c/d, other",
    "/docIndex/todo, /docIndex/{app}",
    "/docIndex/todo/shareToken, /docIndex/{app}/shareToken",
    "/docIndex/todo/a, /docIndex/{app}/{docKey}",
    "/docIndex/todo/a/shareToken, /docIndex/{app}/{docKey}/shareToken",
    "/docIndex/todo/a/b/access, /docIndex/{app}/{docKey}/access",
    "/docIndex/todo/access, /docIndex/{app}/access",
    "/account/blocked, /account/blocked",
    "/account/blocked/x, /account/blocked/{userId}",
    "/account/blockedx, other",
    "/account/export, other",
    "/operator/sharing/end, /operator/sharing/end",
    "/operator/other, other",
    "/orgs/x/shares, /orgs/{orgId}/shares",
    "/quickstart, other",
    "/, other"
  })
  void whatClientsMakeUpIsOneRoute(String path, String route) {
    assertThat(RequestMeter.route(path)).isEqualTo(route);
  }
}
