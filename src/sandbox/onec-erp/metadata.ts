import type { Property, SetSchema } from "./fields.js";
import { ENUMERATIONS } from "./objects.js";
import type { Publication } from "./schema.js";
import { columnsOf, functionsOf } from "./virtual-tables.js";

const EDMX = "http://schemas.microsoft.com/ado/2007/06/edmx";
const METADATA = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata";
const EDM = "http://schemas.microsoft.com/ado/2009/11/edm";
const TURNOVER_TYPES: Readonly<Record<string, string>> = {
  Balance: "Balance",
  Turnovers: "Turnover",
  BalanceAndTurnovers: "BalanceAndTurnover",
};

/** `$metadata` of what is published: EDMX of OData version 3, with functions bound by the type of `bindingParameter`. */
export function metadataDocument({ sets, registers }: Publication): string {
  const all = [...sets.values()];
  const links = all.flatMap((set) => set.properties.flatMap(({ link }) => (link && sets.has(link.set) ? [{ set, link }] : [])));
  const complex = [
    ...all.flatMap((set) =>
      [...set.parts].map(([part, columns]) =>
        complexType(
          rowTypeOf(set, part),
          columns.map((column) => property(column, true)),
        ),
      ),
    ),
    ...[...registers.values()].flatMap((register) =>
      functionsOf(register).map((name) =>
        complexType(`${register.name}_${TURNOVER_TYPES[name]}`, [
          ...register.dimensions.map((dimension) => property(dimension, true)),
          ...register.resources.flatMap((resource) =>
            columnsOf(register, name).map((column) => property({ name: `${resource.name}${column}`, type: "Edm.Double" }, true)),
          ),
        ]),
      ),
    ),
  ];
  const enumerations = Object.entries(ENUMERATIONS).map(
    ([name, members]) => `<EnumType Name="${name}">${members.map((member) => `<Member Name="${member}"/>`).join("")}</EnumType>`,
  );
  const associations = links.map(
    ({ set, link }) =>
      `<Association Name="${set.name}_${link.navigation}"><End Role="Begin" Type="StandardODATA.${set.name}" Multiplicity="*"/><End Role="End" Type="StandardODATA.${link.set}" Multiplicity="0..1"/></Association>`,
  );
  const entitySets = all.map(({ name }) => `<EntitySet Name="${name}" EntityType="StandardODATA.${name}"/>`);
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<edmx:Edmx xmlns:edmx="${EDMX}" Version="1.0">`,
    `<edmx:DataServices xmlns:m="${METADATA}" m:DataServiceVersion="3.0" m:MaxDataServiceVersion="3.0">`,
    `<Schema xmlns="${EDM}" Namespace="StandardODATA">`,
    ...all.map((set) => entityType(set, sets)),
    ...complex,
    ...enumerations,
    ...associations,
    `<EntityContainer Name="EnterpriseV8" m:IsDefaultEntityContainer="true">`,
    ...entitySets,
    ...functionImports({ sets, registers }),
    `</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`,
  ].join("\n");
}

function entityType(set: SetSchema, sets: Publication["sets"]): string {
  const key = set.key.map((name) => `<PropertyRef Name="${name}"/>`).join("");
  const properties = set.properties.map((one) => property(one, !set.key.includes(one.name)));
  const parts = [...set.parts.keys()].map(
    (part) => `<Property Name="${part}" Type="Collection(StandardODATA.${rowTypeOf(set, part)})" Nullable="false"/>`,
  );
  const navigation = set.properties.flatMap(({ link }) =>
    link && sets.has(link.set)
      ? [
          `<NavigationProperty Name="${link.navigation}" Relationship="StandardODATA.${set.name}_${link.navigation}" FromRole="Begin" ToRole="End"/>`,
        ]
      : [],
  );
  const open = set.properties.some(({ composite }) => composite) ? ` OpenType="true"` : "";
  return `<EntityType Name="${set.name}"${open}><Key>${key}</Key>${[...properties, ...parts, ...navigation].join("")}</EntityType>`;
}

const rowTypeOf = (set: SetSchema, part: string): string => (part === "RecordSet" ? `${set.name}_RowType` : `${set.name}_${part}_RowType`);

function property({ name, type }: Property, nullable: boolean): string {
  return `<Property Name="${name}" Type="${type}" Nullable="${nullable}"/>`;
}

function complexType(name: string, properties: readonly string[]): string {
  return `<ComplexType Name="${name}">${properties.join("")}</ComplexType>`;
}

function functionImports({ sets, registers }: Publication): string[] {
  const bound = (name: string, to: string, parameters: Readonly<Record<string, string>>, returns?: string): string => {
    const head = returns
      ? `IsBindable="true" IsSideEffecting="false" ReturnType="Collection(StandardODATA.${returns})"`
      : `IsBindable="true" IsSideEffecting="true"`;
    const all = Object.entries({ bindingParameter: `StandardODATA.${to}`, ...parameters });
    return `<FunctionImport Name="${name}" ${head}>${all.map(([parameter, type]) => `<Parameter Name="${parameter}" Type="${type}"/>`).join("")}</FunctionImport>`;
  };
  const text = { Condition: "Edm.String" };
  return [
    ...[...registers.values()].flatMap((register) =>
      functionsOf(register).map((name) => {
        const period: Record<string, string> =
          name === "Balance" ? { Period: "Edm.DateTime" } : { EndPeriod: "Edm.DateTime", StartPeriod: "Edm.DateTime" };
        return bound(name, register.name, { ...text, Dimensions: "Edm.String", ...period }, `${register.name}_${TURNOVER_TYPES[name]}`);
      }),
    ),
    ...[...sets.values()].flatMap((set) => {
      if (set.kind === "document")
        return ["Post", "Unpost"].map((name) => bound(name, set.name, { PostingModeOperational: "Edm.Boolean" }));
      if (set.periodic)
        return ["SliceFirst", "SliceLast"].map((name) => bound(name, set.name, { ...text, Period: "Edm.DateTime" }, set.name));
      return [];
    }),
  ];
}
