const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that is safe to put into a page as it stands. */
export class Markup {
  /** The markup. */
  readonly text: string;

  /** @param text markup that is safe as it stands */
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | undefined | readonly Part[];

const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function markupOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') {
    return part.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (character) => replacements[character] ?? character);
  }
  return typeof part === 'number' ? String(part) : part.map(markupOf).join('');
}

/** Markup with values filled in; text is escaped, markup and arrays of markup are not, `undefined` is left out. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => text + markupOf(parts[index])).join(''));
}

/** JSON inside a `<script>` element: no character that could end the element. */
export function jsonMarkup(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replace(/</g, '\\u003c'));
}
