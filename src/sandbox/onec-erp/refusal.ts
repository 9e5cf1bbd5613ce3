/**
 * A refusal in the platform's own terms: HTTP status and internal code.
 * The codes are those of the vendor's list (platform 8.3.27, 17.4.10); -1 is a business refusal or a failure inside.
 */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = "Refusal";
  }
}

export const unparsable = (value: string, type: string): Refusal =>
  new Refusal(400, 1, `Не удалось разобрать строку '${value}' как значение типа ${type}!`);
export const wrongOption = (option: string): Refusal => new Refusal(400, 14, `Ошибка при разборе опции запроса ${option}`);
export const wrongSegment = (segment: string): Refusal => new Refusal(400, 6, `Сегмент пути ${segment} не найден!`);
export const unknownMethod = (): Refusal => new Refusal(400, 6, "Метод не найден");
export const unknownSet = (name: string): Refusal => new Refusal(404, 8, `Тип сущности "${name}" не найден!`);
export const unknownEntity = (set: string): Refusal => new Refusal(404, 9, `Экземпляр сущности "${set}" не найден по переданному ключу.`);
export const unsupported = (what: string): Refusal => new Refusal(400, 0, `Возможность не поддерживается: ${what}`);
export const forbiddenMethod = (): Refusal => new Refusal(405, 19, "Использованный HTTP-метод запрещен в данном контексте");
export const refusedByRights = (): Refusal => new Refusal(401, 20, "Ошибка прав доступа: недостаточно прав для выполнения операции");
export const refusedByBusiness = (message: string): Refusal => new Refusal(500, -1, message);
export const innerFailure = (): Refusal => refusedByBusiness("Произошла внутренняя ошибка OData сервиса");
