import assert from 'node:assert/strict';
import test from 'node:test';
import smart from 'fhirclient';
import { base, family, ids, newcomer, token, visit } from './work.mjs';

/** SMART's client, holding a token as if it had been given one; its requests pass through Node's own fetch. */
const client = smart(
  { url: '/', headers: { host: '127.0.0.1' }, socket: {} }, {},
  { get: async () => undefined, set: async (_, value) => value, unset: async () => true },
).client({ serverUrl: base, tokenResponse: { access_token: token } });

test('finds out the release', async () => {
  assert.equal(await client.getFhirRelease(), 4);
});

test('creates, reads, updates and deletes', async () => {
  const made = await client.create(newcomer(family()));
  const read = await client.request(`Patient/${made.id}`);
  const updated = await client.update({ ...read, gender: 'other' });
  assert.equal(updated.meta.versionId, '2');
  await client.delete(`Patient/${made.id}`);
  await assert.rejects(client.request(`Patient/${made.id}`), (error) => error.status === 410);
});

test('searches and pages through', async () => {
  const name = family();
  const made = [];
  for (let each = 0; each < 5; each += 1) made.push(await client.create(newcomer(name)));
  const pages = await client.request(`Patient?family=${name}&_count=2`, { pageLimit: 0, flat: true });
  assert.deepEqual(ids(pages), ids(made));
});

test('patches', async () => {
  const made = await client.create(newcomer(family()));
  const changed = await client.patch(`Patient/${made.id}`, [{ op: 'replace', path: '/gender', value: 'male' }]);
  assert.equal(changed.gender, 'male');
});

test('carries out a transaction and resolves references in what it made', async () => {
  const name = family();
  const headers = { 'content-type': 'application/json' };
  const answer = await client.request({ url: '', method: 'POST', body: JSON.stringify(visit(name)), headers });
  assert.equal(answer.type, 'transaction-response');
  const query = `Observation?patient.family=${name}`;
  const [observation] = await client.request(query, { flat: true, resolveReferences: ['subject'] });
  assert.equal(observation.subject.name[0].family, name);
});
