import { filled, type Intent, systemOf } from "../intent.js";

/** «статус интеграций», «1с работает?», "when was amocrm last synced" */
export const integrationStatus: Intent = {
  name: "integration-status",
  kind: "read",
  vocabulary: {
    "system:amocrm": "амо, амосрм, амоцрм, амо црм, амо срм, amo, amocrm, amo crm, kommo",
    "system:bitrix24": "битрикс, битрикс24, б24, bitrix, bitrix24",
    "system:planfix": "планфикс, planfix",
    "system:onec-erp": "1с, 1c, одинэс, 1с erp, 1c erp, erp, ерп",
    "system:comindware": "comindware, коминдвэр",
    "system:directum": "directum, директум",
    "system:onec-docflow": "1с документооборот, 1c docflow, документооборот",
    "system:confluence": "confluence, конфлюенс, конфлюэнс, конфлюенсе, конфа, вики, wiki",
    "system:dochub": "dochub, докхаб",
    "system:postgresql": "postgres, postgresql, постгрес",
    "system:mongodb": "mongo, mongodb, монго",
    "system:clickhouse": "clickhouse, кликхаус",
    "system:superset": "superset, суперсет",
    "#system":
      "амо, амосрм, амоцрм, amo, amocrm, kommo, битрикс, битрикс24, б24, bitrix, bitrix24, планфикс, planfix, 1с, 1c, одинэс, erp, ерп, comindware, directum, директум, confluence, конфлюенс, конфлюэнс, конфлюенсе, конфа, вики, wiki, dochub, докхаб, postgres, postgresql, mongo, mongodb, clickhouse, superset, crm, црм, срм",
    sync: "синхронизация, синхронизацией, синхронизации, синхронизировался, синхронизировалась, синхронизировались, синхронизирован, синк, sync, synced, syncing, synchronization, synchronised, synchronized, проиндексировано, индексация, индекс, indexed, indexing, обновлялись данные, выгрузка данных, обмен, обмена, обмен с, обмены, выгрузилась, подтянулись, синхрон, last update, last import, импорт, imported, import",
    works:
      "работает, работают, работал, подключен, подключена, подключены, подключено, подключился, жив, жива, живы, отвалился, отвалилась, упал, упала, сломался, сломалась, лежит, отвечает, доступен, доступна, ок, норм, в порядке, работоспособность, свежие, актуальны, обновлены, up to date, connected, working, works, alive, down, broken, up and running, running, healthy, reachable, online, hooked up, живой, живая, живое, живые, пашет, фурычит, заглох, заглохла, тормозит, глючит, падал, падала, исправен, исправна, на связи, недоступен, недоступна, не отвечает, не работает, alright, okay now, operational, responding, failing, failed, dead, lagging, slow",
    status: "статус, статусы, состояние, health, status, state",
  },
  cues: [
    [4, "system"],
    [3, "system", "status"],
    [3, "system", "works"],
    [5, "#system", "works"],
    [4, "#system", "status"],
    [2, "#system", "asks-what"],
    [5, "sync"],
    [2, "sync", "#system"],
    [3, "works"],
    [2, "works", "?"],
    [2, "works", "everybody"],
    [3, "status"],
    [2, "system", "asks-which"],
    [-5, "works-with"],
    [-4, "deal"],
    [-4, "client"],
    [-5, "find"],
    [-6, "task"],
    [-6, "remind"],
    [-6, "note"],
    [-5, "sales"],
    [-5, "remains"],
    [-6, "create"],
    [-4, "document", "!sync"],
    [-4, "rule"],
    [-4, "first:asks-how", "!works"],
  ],
  build(clause, _memory, prior) {
    return { kind: "call", input: filled({ ...prior, system: systemOf(clause) ?? prior.system }) };
  },
};
