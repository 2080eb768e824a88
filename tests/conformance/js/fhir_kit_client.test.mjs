import assert from 'node:assert/strict';
import test from 'node:test';
import { CapabilityTool, Client } from 'fhir-kit-client';
import { base, family, ids, newcomer, token, visit } from './work.mjs';

const client = new Client({ baseUrl: base, bearerToken: token });
const create = (name) => client.create({ resourceType: 'Patient', body: newcomer(name) });
const found = (bundle) => (bundle.entry ?? []).map((each) => each.resource);

test('reads the statement', async () => {
  const statement = await client.capabilityStatement();
  const tool = new CapabilityTool(statement);
  assert.ok(tool.resourceCan('Patient', 'search-type'));
});

test('creates, reads, updates, reads versions and deletes', async () => {
  const made = await create(family());
  const read = await client.read({ resourceType: 'Patient', id: made.id });
  const body = { ...read, gender: 'other' };
  const updated = await client.update({ resourceType: 'Patient', id: made.id, body });
  assert.equal(updated.meta.versionId, '2');
  const first = await client.vread({ resourceType: 'Patient', id: made.id, version: '1' });
  assert.equal(first.gender, 'female');
  const history = await client.history({ resourceType: 'Patient', id: made.id });
  assert.equal(history.entry.length, 2);
  await client.delete({ resourceType: 'Patient', id: made.id });
  await assert.rejects(client.read({ resourceType: 'Patient', id: made.id }), (error) => error.response.status === 410);
});

test('searches by GET and by POST and pages both ways', async () => {
  const name = family();
  const made = [];
  for (let each = 0; each < 5; each += 1) made.push(await create(name));
  const searchParams = { family: name, _count: 2 };
  let page = await client.search({ resourceType: 'Patient', searchParams });
  let all = found(page);
  while ((page = await client.nextPage({ bundle: page }))) all = all.concat(found(page));
  assert.deepEqual(ids(all), ids(made));
  const posted = await client.search({
    resourceType: 'Patient', searchParams: { family: name }, options: { postSearch: true },
  });
  assert.deepEqual(ids(found(posted)), ids(made));
});

test('patches', async () => {
  const made = await create(family());
  const jsonPatch = [{ op: 'replace', path: '/gender', value: 'male' }, { op: 'add', path: '/active', value: true }];
  const changed = await client.patch({ resourceType: 'Patient', id: made.id, jsonPatch });
  assert.equal(changed.gender, 'male');
  assert.equal(changed.active, true);
});

test('carries out a transaction, or nothing of it, and a batch', async () => {
  const name = family();
  const answer = await client.transaction({ body: visit(name) });
  assert.equal(answer.type, 'transaction-response');
  const [patient] = found(await client.search({ resourceType: 'Patient', searchParams: { family: name } }));
  const searchParams = { patient: patient.id };
  const observations = found(await client.search({ resourceType: 'Observation', searchParams }));
  assert.equal(observations.length, 1);
  const followed = await client.resolve({ reference: observations[0].subject.reference });
  assert.equal(followed.id, patient.id);
  const other = family();
  await assert.rejects(client.transaction({ body: visit(other, 'no status') }));
  assert.equal(found(await client.search({ resourceType: 'Patient', searchParams: { family: other } })).length, 0);
  const batch = { ...visit(family()), type: 'batch' };
  batch.entry = batch.entry.slice(0, 1);
  assert.equal((await client.batch({ body: batch })).type, 'batch-response');
});

test('follows an operation', async () => {
  const made = await create(family());
  const all = await client.operation({ name: 'everything', resourceType: 'Patient', id: made.id, method: 'GET' });
  assert.deepEqual(ids(found(all)), [made.id]);
});
