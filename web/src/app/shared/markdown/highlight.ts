/** Loaded when the first block of code is shown. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

import { sanitized } from './render';

const LANGUAGES = { bash, c, cpp, go, ini, java, javascript, json, python, sql, typescript, xml, yaml };
for (const [name, grammar] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, grammar);

const LARGEST = 60_000; // characters; more would hold the page up

/** Coloured, when the language is known and the text not too long; else null. */
export function highlighted(code: string, language: string): DocumentFragment | null {
  if (!hljs.getLanguage(language) || code.length > LARGEST) return null;
  return sanitized(hljs.highlight(code, { language, ignoreIllegals: true }).value);
}
