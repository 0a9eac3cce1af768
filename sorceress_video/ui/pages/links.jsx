import { createElement as h, useEffect, useId, useRef, useState } from "react";

/** Asks a route of the server in JSON; what it answered, or the sentence to show. */
async function ask(action, fields) {
  try {
    const answer = await fetch(action, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) return { body };
    const wait = Number(answer.headers.get("Retry-After"));
    const said = body.error?.message ?? `The server answered ${answer.status}. Try again.`;
    return { refusal: wait > 0 ? `${said.split(". ")[0]}. Try again in ${wait < 90 ? `${wait} s` : `${Math.ceil(wait / 60)} min`}.` : said };
  } catch {
    return { refusal: "The server cannot be reached. Nothing was changed; try again." };
  }
}

const fieldsOf = (form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));

/** One form at a time: what is typed stays when it is refused, and a second press while it is on its way does nothing. */
function useForm(action, more, onDone) {
  const [refusal, setRefusal] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setRefusal("");
    const { body, refusal: said } = await ask(action, { ...fieldsOf(event.target), ...more });
    setBusy(false);
    if (body) onDone(body);
    else setRefusal(said);
  };
  return { busy, refusal, submit };
}

const Refused = ({ text }) => h("p", { role: "alert", "data-testid": "form-error", className: "entry-refusal" }, text);

/** The page behind a link: reads the token after `#`, says whom it is for or why it is no good, and uses it up. */
export function LinkDoor({ kind, action, children }) {
  const [token, setToken] = useState("");
  const [welcome, setWelcome] = useState(null);
  const [closed, setClosed] = useState("");
  const ref = useRef(null);
  const { busy, refusal, submit } = useForm(action, { token }, () => location.assign("/"));
  useEffect(() => {
    const look = async () => {
      const held = location.hash.slice(1);
      setToken(held);
      setWelcome(null);
      setClosed("");
      const { body, refusal: said } = await ask("/auth/link", { kind, token: held });
      if (body) setWelcome(body);
      else setClosed(said);
    };
    look();
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, [kind]);
  useEffect(() => {
    const email = ref.current?.elements.namedItem("email");
    if (!welcome || !email) return;
    email.value = welcome.email;
    email.readOnly = welcome.email !== "";
  }, [welcome]);
  if (closed)
    return h(
      "div",
      { className: "flex flex-col gap-4", "data-testid": "link-closed" },
      h(Refused, { text: closed }),
      h("a", { href: "/sign-in", className: "inline-flex items-center self-start pointer-coarse:min-h-11 text-accent text-base underline-offset-2 hover:underline" }, "Go to sign-in"),
    );
  return h(
    "form",
    { ref, onSubmit: submit, "aria-busy": busy || !welcome, "data-testid": "link-form" },
    h(
      "fieldset",
      { disabled: !welcome, className: "flex flex-col gap-4 min-w-0" },
      refusal && h(Refused, { text: refusal }),
      children,
    ),
  );
}

/** A value that is shown once, with a button that copies it. */
function Once({ link, expires }) {
  const [copied, setCopied] = useState(false);
  const field = useRef(null);
  const id = useId();
  useEffect(() => field.current?.select(), [link]);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      document.execCommand("copy"); // Pages without TLS have no clipboard of their own.
    }
    setCopied(true);
  };
  const until = new Date(expires).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return h(
    "div",
    { className: "flex flex-col gap-2", "data-testid": "link-made" },
    h("label", { htmlFor: id, className: "text-base font-medium text-text-1" }, "The link"),
    h(
      "div",
      { className: "flex gap-2" },
      h("input", { ref: field, id, readOnly: true, value: link, className: "link-once", "data-testid": "link" }),
      h("button", { type: "button", onClick: copy, className: "link-copy", "data-testid": "link-copy" }, copied ? "Copied" : "Copy"),
    ),
    h("span", { role: "status", className: "sr-only" }, copied ? "Copied" : ""),
    h(
      "p",
      { className: "text-sm text-text-3 text-pretty" },
      `It works once, until ${until}. It is shown only now: send it to the person by a way that you trust.`,
    ),
  );
}

/** A form in a dialog that makes a link; the link is shown in its place, and forgotten when the dialog closes. */
export function LinkMaker({ action, onMade, children }) {
  const [made, setMade] = useState(null);
  const ref = useRef(null);
  const { busy, refusal, submit } = useForm(action, {}, (body) => {
    setMade(body);
    onMade?.();
  });
  useEffect(() => {
    const dialog = ref.current?.closest("dialog");
    const forget = (event) => event.target === dialog && setMade(null);
    dialog?.addEventListener("close", forget);
    return () => dialog?.removeEventListener("close", forget);
  }, []);
  return h(
    "div",
    { ref },
    made
      ? h(Once, { link: made.link, expires: made.expires })
      : h(
          "form",
          { onSubmit: submit, "aria-busy": busy, className: "flex flex-col gap-4" },
          refusal && h(Refused, { text: refusal }),
          children,
        ),
  );
}
