import assert from 'node:assert/strict';
import test from 'node:test';
import { MedplumClient } from '@medplum/core';
import { base, family, ids, newcomer, token, visit } from './work.mjs';

const root = base.replace(/\/fhir$/, '/');
const client = new MedplumClient({
  baseUrl: root, fhirUrlPath: 'fhir', accessToken: token, fetch: globalThis.fetch, cacheTime: 0,
});
const whenGone = (error) => error.outcome.issue[0].code === 'deleted';

test('creates, reads, updates, reads the history and deletes', async () => {
  const made = await client.createResource(newcomer(family()));
  const read = await client.readResource('Patient', made.id);
  const updated = await client.updateResource({ ...read, gender: 'other' });
  assert.equal(updated.meta.versionId, '2');
  const history = await client.readHistory('Patient', made.id);
  assert.equal(history.entry.length, 2);
  assert.equal((await client.readVersion('Patient', made.id, '1')).gender, 'female');
  await client.deleteResource('Patient', made.id);
  await assert.rejects(client.readResource('Patient', made.id), whenGone);
});

test('searches and pages through', async () => {
  const name = family();
  const made = [];
  for (let each = 0; each < 5; each += 1) made.push(await client.createResource(newcomer(name)));
  const all = [];
  for await (const page of client.searchResourcePages('Patient', { family: name, _count: '2' })) all.push(...page);
  assert.deepEqual(ids(all), ids(made));
  const one = await client.searchOne('Patient', { family: name, _sort: '-_lastUpdated' });
  assert.ok(ids(made).includes(one.id));
});

test('creates once, and once more changes what is there', async () => {
  const wanted = newcomer(family());
  const query = `identifier=${wanted.identifier[0].system}|${wanted.identifier[0].value}`;
  const first = await client.createResourceIfNoneExist(wanted, query);
  const second = await client.createResourceIfNoneExist(wanted, query);
  assert.equal(first.id, second.id);
  const changed = await client.upsertResource({ ...wanted, gender: 'other' }, query);
  assert.equal(changed.id, first.id);
  assert.equal(changed.gender, 'other');
});

test('patches', async () => {
  const made = await client.createResource(newcomer(family()));
  const steps = [{ op: 'test', path: '/gender', value: 'female' }, { op: 'replace', path: '/gender', value: 'male' }];
  assert.equal((await client.patchResource('Patient', made.id, steps)).gender, 'male');
});

test('carries out a transaction', async () => {
  const name = family();
  const answer = await client.executeBatch(visit(name));
  assert.equal(answer.type, 'transaction-response');
  const found = await client.searchResources('Observation', { 'patient.family': name });
  assert.equal(found.length, 1);
});

test('reads everything of a patient', async () => {
  const made = await client.createResource(newcomer(family()));
  const all = await client.readPatientEverything(made.id);
  assert.deepEqual(all.entry.map((each) => each.resource.id), [made.id]);
});

test('asks whether a resource is valid', async () => {
  const outcome = await client.validateResource(newcomer(family()));
  assert.equal(outcome.resourceType, 'OperationOutcome');
  assert.ok(outcome.issue.every((each) => each.severity !== 'error'));
});
