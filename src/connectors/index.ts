export { amocrm } from "./amocrm/index.js";
export { confluence } from "./confluence/index.js";
export { onecErp } from "./onec-erp/index.js";
