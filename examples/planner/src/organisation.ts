// An organisation: founding one, who is in it, inviting somebody by a link.
import { button, confirm, element, say, showDialog, wordsOf } from "./dom.js";
import type { People } from "./people.js";
import * as server from "./server.js";

/** Asks for the name of a new organisation; `founded` gets it when it is there. */
export function showFounding(session: server.Session, founded: (organisation: server.Organisation) => unknown): void {
  const name = element("input", { "aria-label": "Name", required: true, maxLength: 100 });
  const problem = element("p", { className: "problem", role: "alert" });
  const found = async (event: Event) => {
    event.preventDefault();
    try {
      const made = await server.createOrganisation(session, name.value.trim());
      dialog.close();
      await founded(made);
    } catch (e) {
      problem.textContent = wordsOf(e);
    }
  };
  const dialog = showDialog("New organisation", element("form", { onsubmit: found }, name, problem, element("button", { className: "primary" }, "Create")));
}

/** Opens the dialog about the members of an organisation; `left` is called when the user has gone. */
export async function showOrganisation(session: server.Session, people: People, organisation: server.Organisation, left: () => unknown): Promise<void> {
  const { orgId, name, role } = organisation;
  const leads = role === "org-admin";
  const problem = element("p", { className: "problem", role: "alert" });
  const content = element("div", { className: "stack" }, element("p", { className: "quiet" }, "Looking …"));
  showDialog(name, content, problem);
  let link: string | undefined;

  const show = async (work: () => Promise<unknown>) => {
    problem.textContent = "";
    try {
      await work();
      const [members, open] = await Promise.all([server.members(session, orgId), leads ? server.invitations(session, orgId) : []]);
      await people.know(members.map(({ userId }) => userId));
      content.replaceChildren(list(members), ...(leads ? [inviting(), invited(open)] : []));
    } catch (e) {
      problem.textContent = wordsOf(e);
    }
  };

  const list = (members: server.Member[]) => {
    const admins = members.filter((member) => member.role === "org-admin").length;
    return element("ul", { className: "people", "aria-label": "Members" }, ...members.map((member) => {
      const self = member.userId === session.user.userId;
      // Somebody has to administrate it, as long as there are others.
      const mayGo = (self || leads) && !(member.role === "org-admin" && admins === 1);
      const who = element("span", { className: "who" }, people.name(member.userId));
      const remove = () => confirm(
        self ? `Leave ${name}?` : `Remove ${people.name(member.userId)} from ${name}?`,
        self ? "Its lists and notes go from your devices." : "The organisation’s lists and notes go from their devices.",
        self ? "Leave" : "Remove",
        async () => {
          try {
            await server.removeMember(session, orgId, member.userId);
          } catch (e) {
            return say(wordsOf(e));
          }
          if (self) await left();
          else await showOrganisation(session, people, organisation, left);
        },
      );
      return element("li", {}, who, element("span", { className: "quiet" }, member.role === "org-admin" ? "administrator" : "member"),
        mayGo && button(self ? "Leave" : "Remove", remove, "small danger", { "aria-label": self ? "Leave" : `Remove ${people.name(member.userId)}` }));
    }));
  };

  function inviting(): HTMLElement {
    const email = element("input", { type: "email", placeholder: "Only for this address (may be left out)", "aria-label": "Only for this address", autocomplete: "off" });
    const invite = (event: Event) => {
      event.preventDefault();
      void show(async () => {
        link = new URL(`./#join=${encodeURIComponent(await server.invite(session, orgId, email.value.trim()))}`, document.baseURI).href;
        await navigator.clipboard?.writeText(link).catch(() => {});
        say("The link is in the clipboard. It is shown only this once, and lets one person in.");
      });
    };
    return element("form", { onsubmit: invite },
      element("h3", {}, "Invite somebody"),
      element("div", { className: "row" }, email, element("button", { className: "primary" }, "Make an invitation")),
      !!link && element("input", { readOnly: true, value: link, "aria-label": "The invitation", onfocus: (event: Event) => (event.target as HTMLInputElement).select() }),
    );
  }

  const invited = (open: server.Invitation[]) =>
    element("ul", { className: "people", "aria-label": "Open invitations" }, ...open.map((one) =>
      element("li", {},
        element("span", { className: "who" }, one.email ?? "Whoever has the link"),
        element("span", { className: "quiet" }, `until ${new Date(one.expiresAt).toLocaleDateString()}`),
        button("Take back", () => show(() => server.revokeInvitation(session, orgId, one.invitationId)), "small danger"),
      )));

  await show(async () => {});
}
