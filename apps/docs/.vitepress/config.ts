import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { drawnDiagram } from '../dist/site/diagram.js';
import { slug } from '../dist/site/markdown.js';

export default defineConfig({
  title: 'wamp-run',
  description: 'A component runtime and microservice framework for TypeScript over WAMP',
  lang: 'en',
  srcDir: 'dist/made/site',
  outDir: 'dist/made/html',
  cacheDir: 'dist/made/cache',
  metaChunk: true,
  markdown: {
    anchor: { slugify: slug },
    config(md) {
      const fence = md.renderer.rules.fence;
      md.renderer.rules.fence = (tokens, index, ...rest) => {
        const { info, content } = tokens[index] ?? { info: '', content: '' };
        if (info.trim() === 'mermaid') return `<div v-pre class="diagram-box">${drawnDiagram(content)}</div>`;
        return fence?.(tokens, index, ...rest) ?? '';
      };
    },
  },
  themeConfig: {
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        // Of the reference its names are enough: to render all of it a second time takes longer than all the rest.
        _render: (source, env, md) =>
          md.render(
            env.relativePath.startsWith('reference/') ? (source.match(/^#{1,4} .*$/gm)?.join('\n\n') ?? '') : source,
            env,
          ),
      },
    },

    sidebar: JSON.parse(readFileSync(new URL('../dist/made/sidebar.json', import.meta.url), 'utf8')),
    nav: [
      { text: 'Getting started', link: '/getting-started' },
      { text: 'Guide', link: '/guide/components' },
      { text: 'Reference', link: '/reference/' },
    ],
  },
});
