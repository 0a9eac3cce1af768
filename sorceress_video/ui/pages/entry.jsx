import { createElement as h, useEffect, useState } from "react";

/** A part of the page's address, once the page runs in a browser; the server never learns of it by this. */
function useAddress(name) {
  const [value, setValue] = useState("");
  useEffect(() => setValue(new URLSearchParams(location.search).get(name) ?? ""), [name]);
  return value;
}

/** A hidden field with a part of the address: the setup token, the page to go on to. */
export function FromAddress({ name }) {
  return h("input", { type: "hidden", name, value: useAddress(name), readOnly: true });
}

/** Why the form came back: the sentence for `?error=…`, or what it is called, with the pause of `?wait=…`. */
export function Refusal({ sentences, name = "error" }) {
  const code = useAddress(name);
  const wait = Number(useAddress("wait"));
  if (!code) return null;
  const said = sentences[code] ?? "This was not accepted. Try again.";
  // Where the pause is known it stands in place of “Wait a moment”.
  const sentence = wait > 0 ? `${said.split(". ")[0]}. Try again in ${wait < 90 ? `${wait} s` : `${Math.ceil(wait / 60)} min`}.` : said;
  return h("p", { role: "alert", "data-testid": "form-error", className: "entry-refusal" }, sentence);
}

/** Brings a section that came after the page into view, where the address names it. */
export function Arrival({ id }) {
  useEffect(() => {
    if (location.hash === `#${id}`) document.getElementById(id)?.scrollIntoView();
  }, [id]);
  return null;
}

/** What was done, as `?changed=password` says. */
export function Success({ sentences }) {
  const what = useAddress("changed");
  if (!sentences[what]) return null;
  return h("p", { role: "status", "data-testid": "form-done", className: "entry-success" }, sentences[what]);
}
