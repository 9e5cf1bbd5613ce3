import { composite, flag, moment, type Property, type RegisterSchema, type SetSchema, text, whole } from "./fields.js";
import { OBJECTS } from "./objects.js";
import { REGISTERS } from "./registers.js";

/** Everything that is published: what is not in it answers 404/8. */
export interface Publication {
  readonly sets: ReadonlyMap<string, SetSchema>;
  readonly registers: ReadonlyMap<string, RegisterSchema>;
}

/** Builds the publication; `unpublished` are objects an administrator has not listed, with their parts and records. */
export function createPublication(unpublished: readonly string[]): Publication {
  const hidden = new Set(unpublished);
  const sets = new Map<string, SetSchema>();
  for (const object of OBJECTS) {
    if (hidden.has(object.name)) continue;
    sets.set(object.name, object);
    for (const [part, columns] of object.parts) {
      const name = `${object.name}_${part}`;
      const title = `${object.title}: ${part}`;
      sets.set(name, {
        name,
        kind: "part",
        title,
        key: ["Ref_Key", "LineNumber"],
        properties: columns,
        parts: new Map(),
        owner: object.name,
      });
    }
  }
  const registers = new Map<string, RegisterSchema>();
  for (const register of REGISTERS) {
    if (hidden.has(register.name)) continue;
    registers.set(register.name, register);
    const records = recordsOf(register);
    sets.set(register.name, recordSetsOf(register, records));
    sets.set(records.name, records);
  }
  return { sets, registers };
}

/** One recorder type gives `Recorder_Key`, several give the composite `Recorder` with `Recorder_Type`. */
function recorderOf(register: RegisterSchema): readonly Property[] {
  const [only, ...others] = register.recorders;
  if (only !== undefined && others.length === 0) {
    return [{ name: "Recorder_Key", type: "Edm.Guid", link: { navigation: "Recorder", set: only } }];
  }
  return composite("Recorder", register.recorders);
}

function recordsOf(register: RegisterSchema): SetSchema {
  const recorder = recorderOf(register);
  return {
    name: `${register.name}_RecordType`,
    kind: "records",
    title: register.name,
    key: [...recorder.map(({ name }) => name), "LineNumber"],
    properties: [
      ...recorder,
      ...moment("Period"),
      ...whole("LineNumber"),
      ...flag("Active"),
      ...(register.kind === "balance" ? text("RecordType", 10) : []),
      ...register.dimensions,
      ...register.resources,
      ...register.attributes,
    ],
    parts: new Map(),
    owner: register.name,
    periodic: register.kind === "prices",
  };
}

function recordSetsOf(register: RegisterSchema, records: SetSchema): SetSchema {
  const recorder = recorderOf(register);
  return {
    name: register.name,
    kind: "record-sets",
    title: register.name,
    key: recorder.map(({ name }) => name),
    properties: recorder,
    parts: new Map([["RecordSet", records.properties]]),
  };
}
