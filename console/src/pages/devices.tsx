import { asked, call, get } from "../api.js";
import { usePaged } from "../state.js";
import { ask, attempt, Badge, Button, Empty, More, Page, Row, Rows, Section, Time } from "../ui.js";
import { count, t } from "../words.js";

interface Device {
  readonly id: string;
  readonly name?: string;
  readonly platform?: string;
  readonly version?: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly applications: readonly { app: string; lastSync: string; pending: number }[];
}

export function Devices() {
  const page = usePaged(async (after) => {
    const { devices, after: next } = await get<{ devices: Device[]; after?: string }>("/account/devices" + asked({ after, limit: 20 }));
    return { items: devices, after: next };
  }, []);
  const remove = async ({ id, name }: Device) => {
    if (!(await ask({ title: t("devices.remove.title", { name: name ?? id }), text: <p>{t("devices.remove.text")}</p>, action: t("devices.remove"), danger: true }))) return;
    if (await attempt(() => call("DELETE", "/account/devices/" + encodeURIComponent(id)), t("devices.removed"))) page.reload();
  };
  const others = async () => {
    if (await ask({ title: t("devices.others.title"), text: <p>{t("devices.others.text")}</p>, action: t("devices.others"), danger: true })) await attempt(() => call("POST", "/auth/logout?others=true"), t("devices.others.done"));
  };
  return (
    <Page title={t("nav.devices")} lead={t("devices.lead")}>
      {!page.loading && !page.error && page.items.length === 0 && <Empty title={t("devices.none")}>{t("devices.none.text")}</Empty>}
      {page.items.length > 0 && (
        <Rows label={t("nav.devices")}>
          {page.items.map((device) => (
            <Row
              key={device.id}
              title={device.name ?? device.id}
              sub={
                <>
                  {[device.platform, device.version].filter(Boolean).join(" · ")} {t("devices.seen")} <Time at={device.lastSeen} />
                  <br />
                  {device.applications.map(({ app, pending }) => <span key={app}>{app} {pending === 0 ? <Badge kind="good">{t("devices.current")}</Badge> : <Badge kind="warn">{count("devices.behind", pending)}</Badge>} </span>)}
                </>
              }
            >
              <Button kind="danger" onClick={() => remove(device)}>{t("devices.remove")}<span class="hidden"> {device.name ?? device.id}</span></Button>
            </Row>
          ))}
        </Rows>
      )}
      <More of={page} />
      <Section title={t("devices.sessions")} lead={t("devices.sessions.lead")}><Button onClick={others}>{t("devices.others")}</Button></Section>
    </Page>
  );
}
