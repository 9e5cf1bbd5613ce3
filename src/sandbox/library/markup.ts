/** Small pieces of Confluence's storage format: XHTML with `ac:` and `ri:` elements. Texts are escaped here and nowhere else. */

export const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export const paragraphs = (...texts: readonly string[]): string => texts.map((text) => `<p>${escaped(text)}</p>`).join("");
export const heading = (text: string, level = 2): string => `<h${level}>${escaped(text)}</h${level}>`;
export const section = (title: string, ...texts: readonly string[]): string => heading(title) + paragraphs(...texts);
export const list = (items: readonly string[]): string => `<ul>${items.map((item) => `<li><p>${escaped(item)}</p></li>`).join("")}</ul>`;

/** The first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}><p>${escaped(cell)}</p></${tag}>`).join("")}</tr>`;
  const [head = [], ...body] = rows;
  return `<table data-layout="default"><tbody>${line(head, "th")}${body.map((cells) => line(cells, "td")).join("")}</tbody></table>`;
}

export function macro(name: string, parameters: Readonly<Record<string, string>>, body?: { rich: string } | { plain: string }): string {
  const given = Object.entries(parameters).map(([key, value]) => `<ac:parameter ac:name="${key}">${escaped(value)}</ac:parameter>`);
  const inner = !body
    ? ""
    : "rich" in body
      ? `<ac:rich-text-body>${body.rich}</ac:rich-text-body>`
      : `<ac:plain-text-body><![CDATA[${body.plain.replaceAll("]]>", "]]]]><![CDATA[>")}]]></ac:plain-text-body>`;
  return `<ac:structured-macro ac:name="${name}" ac:schema-version="1">${given.join("")}${inner}</ac:structured-macro>`;
}

export const info = (text: string, title = "Важно"): string => macro("info", { title }, { rich: paragraphs(text) });
export const status = (title: string): string => `<p>${macro("status", { title, colour: "Green" })}</p>`;
export const contents = (): string => macro("toc", { maxLevel: "2" });
export const pageLink = (title: string): string =>
  `<p><ac:link><ri:page ri:content-title="${escaped(title).replaceAll('"', "&quot;")}"/><ac:plain-text-link-body><![CDATA[${title}]]></ac:plain-text-link-body></ac:link></p>`;
export const included = (title: string): string =>
  `<ac:structured-macro ac:name="include" ac:schema-version="1"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="${escaped(title)}"/></ac:link></ac:parameter></ac:structured-macro>`;
export const person = (id: string): string => `<ac:link>{{user:${id}}}</ac:link>`;
export const task = (text: string, id: string, done: boolean, number: number): string =>
  `<ac:task-list><ac:task><ac:task-id>${number}</ac:task-id><ac:task-status>${done ? "complete" : "incomplete"}</ac:task-status><ac:task-body>${person(id)} ${escaped(text)}</ac:task-body></ac:task></ac:task-list>`;
