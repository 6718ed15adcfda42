'use strict';
// Draws /openapi.json: every operation with its parameters, body and answers. No library, no network but ours.
const make = (tag, text, name) => {
  const it = document.createElement(tag);
  if (text !== undefined) it.textContent = text;
  if (name) it.className = name;
  return it;
};
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** A schema as a short example-like text; references are followed a few levels deep. */
function shape(schema, all, depth = 0) {
  if (!schema || schema === true) return 'any';
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return depth > 3 ? name : shape(all[name], all, depth + 1);
  }
  const options = schema.oneOf || schema.anyOf;
  if (options) return options.map((it) => shape(it, all, depth + 1)).join(' | ');
  if (schema.allOf) return schema.allOf.map((it) => shape(it, all, depth + 1)).join(' & ');
  if (schema.enum) return schema.enum.map((it) => JSON.stringify(it)).join(' | ');
  const type = [].concat(schema.type || (schema.properties ? 'object' : 'any'));
  if (type.includes('array')) return `[${shape(schema.items, all, depth + 1)}]`;
  if (schema.properties) {
    const pad = '  '.repeat(depth + 1);
    const required = new Set(schema.required || []);
    const rows = Object.entries(schema.properties).map(([name, it]) => {
      const about = (it.description || '').split('\n')[0];
      return `${pad}${name}${required.has(name) ? '' : '?'}: ${shape(it, all, depth + 1)}${about ? `   // ${about}` : ''}`;
    });
    return `{\n${rows.join('\n')}\n${'  '.repeat(depth)}}`;
  }
  return type.join(' | ') + (schema.format ? ` (${schema.format})` : '');
}

function operation(path, method, it, api) {
  const all = (api.components && api.components.schemas) || {};
  const box = make('details');
  const head = make('summary');
  head.append(make('span', method.toUpperCase(), 'method'), make('code', path), make('span', it.summary || it.description || '', 'what'));
  const body = make('div', undefined, 'body');
  if (it.description) body.append(make('p', it.description));
  if (it.parameters && it.parameters.length) {
    const table = make('table');
    for (const parameter of it.parameters) {
      const row = make('tr');
      row.append(make('td', parameter.name), make('td', parameter.in), make('td', shape(parameter.schema, all)), make('td', parameter.description || ''));
      table.append(row);
    }
    body.append(table);
  }
  const content = it.requestBody && it.requestBody.content;
  for (const [kind, media] of Object.entries(content || {})) {
    body.append(make('h3', `Body: ${kind}`), make('pre', shape(media.schema, all)));
  }
  for (const [status, answer] of Object.entries(it.responses || {})) {
    body.append(make('h3', `${status} ${answer.description || ''}`));
    for (const media of Object.values(answer.content || {})) {
      if (media.schema && Number(status) < 400) body.append(make('pre', shape(media.schema, all)));
    }
  }
  box.append(head, body);
  box.dataset.words = `${path} ${method} ${it.summary || ''} ${it.operationId || ''}`.toLowerCase();
  return box;
}

async function draw() {
  const api = await (await fetch('/openapi.json')).json();
  document.getElementById('about').textContent = `${api.info.description || ''} ${api.info.version}. Base: /api/v1.`;
  const groups = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const method of METHODS) {
      if (!methods[method]) continue;
      const tag = (methods[method].tags || ['other'])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operation(path, method, methods[method], api));
    }
  }
  const main = document.getElementById('operations');
  for (const [tag, boxes] of [...groups].sort()) {
    const section = make('section');
    section.append(make('h2', tag), ...boxes);
    main.append(section);
  }
  document.getElementById('search').addEventListener('input', (event) => {
    const words = event.target.value.trim().toLowerCase();
    for (const box of main.querySelectorAll('details')) box.hidden = !box.dataset.words.includes(words);
  });
}

draw().catch((error) => document.getElementById('operations').append(make('p', `The description could not be read: ${error.message}`)));
