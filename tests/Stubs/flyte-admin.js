// What the stubs of flytectl and pyflyte share: their configuration file, and FlyteAdmin over HTTP.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');

// The YAML that such files are made of: nested block maps, flow maps and lists, plain and quoted scalars.
function parseYaml(text) {
  const lines = text.split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, ''))
    .filter((line) => line.trim() !== '' && line.trim() !== '---')
    .map((line) => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  let at = 0;
  return block(lines.length ? lines[0].indent : 0);

  function block(indent) {
    if (at < lines.length && lines[at].text.startsWith('{')) return scalar(lines.slice(at).map((line) => line.text).join(' '));
    const map = {};
    while (at < lines.length && lines[at].indent === indent) {
      const { text: line } = lines[at++];
      const found = /^("[^"]*"|'[^']*'|[^:]+(?::[^\s:][^:]*)*?):(?:\s+(.*))?$/.exec(line);
      if (!found) throw new Error('yaml: could not find expected \':\'');
      const key = unquoted(found[1].trim());
      if (Object.hasOwn(map, key)) throw new Error(`yaml: unmarshal errors:\n  key "${key}" already set in map`);
      const rest = (found[2] ?? '').trim();
      if (rest !== '') map[key] = scalar(rest);
      else map[key] = at < lines.length && lines[at].indent > indent ? block(lines[at].indent) : null;
    }
    return map;
  }
}

function scalar(text) {
  if (text.startsWith('{') && text.endsWith('}')) {
    return Object.fromEntries(items(text).map((item) => {
      const colon = item.search(/:(\s|$)/);
      return [unquoted(item.slice(0, colon).trim()), scalar(item.slice(colon + 1).trim())];
    }));
  }
  if (text.startsWith('[') && text.endsWith(']')) return items(text).map(scalar);
  if (/^["']/.test(text)) return unquoted(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return text === '~' || text === 'null' || text === '' ? null : text;
}

function items(text) {
  const found = [];
  let [depth, quote, from] = [0, '', 1];
  for (let at = 1; at < text.length; at++) {
    const letter = text[at];
    if (quote) quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === '\'') quote = letter;
    else if (letter === '{' || letter === '[') depth++;
    else if (depth > 0 && (letter === '}' || letter === ']')) depth--;
    else if (depth === 0 && (letter === ',' || at === text.length - 1)) {
      if (text.slice(from, at).trim() !== '') found.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return found;
}

function unquoted(text) {
  if (text.startsWith('"')) return JSON.parse(text);
  return text.startsWith('\'') ? text.slice(1, -1).replaceAll('\'\'', '\'') : text;
}

const codes = ['OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists', 'PermissionDenied', 'ResourceExhausted',
  'FailedPrecondition', 'Aborted', 'OutOfRange', 'Unimplemented', 'Internal', 'Unavailable', 'DataLoss', 'Unauthenticated'];

class RpcError extends Error {
  constructor(code, details) {
    super(`rpc error: code = ${code} desc = ${details}`);
    Object.assign(this, { code, details });
  }
}

// The admin section of a configuration file, as flytectl and flytekit read it.
class Admin {
  constructor(configFile) {
    const admin = (fs.existsSync(configFile) ? parseYaml(fs.readFileSync(configFile, 'utf8')) : {})?.admin ?? {};
    this.settings = admin;
    this.host = String(admin.endpoint ?? '').replace(/^dns:\/\/\//, '');
    this.secure = admin.insecure !== true;
    this.agent = this.secure
      ? new https.Agent({ ca: admin.caCertFilePath ? fs.readFileSync(admin.caCertFilePath) : undefined, rejectUnauthorized: admin.insecureSkipVerify !== true })
      : new http.Agent();
    this.headers = {};
  }

  async call(method, path, body) {
    let answer = await this.send(method, `${this.secure ? 'https' : 'http'}://${this.host}${path}`, { ...this.headers, 'content-type': 'application/json' }, body && JSON.stringify(body));
    if (answer.status === 401 && await this.logIn()) {
      answer = await this.send(method, `${this.secure ? 'https' : 'http'}://${this.host}${path}`, { ...this.headers, 'content-type': 'application/json' }, body && JSON.stringify(body));
    }
    let message;
    try {
      message = JSON.parse(answer.text);
    } catch {
      throw new RpcError('Unavailable', `unexpected answer: ${answer.status}`);
    }
    if (answer.status >= 400) throw new RpcError(codes[message.code] ?? 'Unknown', message.message);
    return message;
  }

  async found(path) {
    try {
      return await this.call('GET', path);
    } catch (error) {
      if (error.code === 'NotFound') return null;
      throw error;
    }
  }

  // Once the server answers Unauthenticated, as flyteidl's auth interceptor does.
  async logIn() {
    const { clientId, clientSecretLocation, clientSecretEnvVar } = this.settings;
    const secret = clientSecretEnvVar ? process.env[clientSecretEnvVar] : clientSecretLocation && fs.readFileSync(clientSecretLocation, 'utf8').trim();
    if (!clientId || !secret) return false;
    const base = `${this.secure ? 'https' : 'http'}://${this.host}`;
    const server = JSON.parse((await this.send('GET', `${base}/.well-known/oauth-authorization-server`, {})).text);
    const client = JSON.parse((await this.send('GET', `${base}/config/v1/flyte_client`, {})).text);
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64');
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: (client.scopes ?? []).join(' ') });
    const token = await this.send('POST', server.token_endpoint, { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' }, form.toString());
    if (token.status >= 400) throw new RpcError('Unauthenticated', 'failed to get new token: oauth2: cannot fetch token');
    this.headers = { [client.authorization_metadata_key || 'authorization']: `Bearer ${JSON.parse(token.text).access_token}` };
    return true;
  }

  send(method, url, headers, body) {
    return new Promise((resolve, reject) => {
      const plain = url.startsWith('http:');
      const request = (plain ? http : https).request(url, { method, headers: { accept: 'application/json', ...headers }, agent: plain === this.secure ? undefined : this.agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => { text += part; });
        response.on('end', () => resolve({ status: response.statusCode, text }));
        response.on('error', reject);
      });
      request.on('error', (error) => reject(new RpcError('Unavailable', `connection error: desc = "transport: Error while dialing: ${error.message}"`)));
      request.end(body);
    });
  }
}

module.exports = { Admin, RpcError, parseYaml };
