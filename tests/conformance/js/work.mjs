// What every client is given to do: invented people and one visit of a laboratory.
import { randomUUID } from 'node:crypto';

export const base = process.env.CORRIDOR_BASE;
export const token = process.env.CORRIDOR_TOKEN;
export const system = 'https://corridor.example/conformance';

/** A surname that nobody else has. */
export const family = () => `Quispe${randomUUID().slice(0, 8)}`;

/** A Patient of that surname. */
export const newcomer = (name) => ({
  resourceType: 'Patient',
  identifier: [{ system, value: randomUUID() }],
  name: [{ family: name, given: ['Rosa'] }],
  gender: 'female',
  birthDate: '1990-05-17',
});

/** A transaction that writes a Patient and a viral load that refers to it. */
export function visit(name, status = 'final') {
  const urn = `urn:uuid:${randomUUID()}`;
  const observation = {
    resourceType: 'Observation',
    status,
    code: { coding: [{ system: 'http://loinc.org', code: '20447-9' }] },
    subject: { reference: urn },
    effectiveDateTime: '2026-03-01',
    valueQuantity: { value: 40, system: 'http://unitsofmeasure.org', code: '{copies}/mL' },
  };
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { fullUrl: urn, resource: newcomer(name), request: { method: 'POST', url: 'Patient' } },
      { fullUrl: `urn:uuid:${randomUUID()}`, resource: observation, request: { method: 'POST', url: 'Observation' } },
    ],
  };
}

/** Ids of resources, in an order that can be compared. */
export const ids = (resources) => resources.map((each) => each.id).sort();
