/** Rights, the second person, and the identity map. */
export const access = {
  /** The card's last line where two yeses are needed. */
  secondLine: { label: "Второе «да»", value: "нужно: после вас спрошу того, кто вправе подтвердить" },
  secondAsks: (name: string) => `**${name}** просит подтвердить. Запись будет сделана от имени и с правами того, кто просит.`,
  secondYes: "Подтвердить",
  secondNo: "Отклонить",
  secondWaits: (title: string, names: string, until: string) =>
    `Ваше «да» записано: ${title}. Теперь нужно второе подтверждение: спросил ${names}. Карточка действует до ${until}; пока ничего не записано.`,
  secondUnreachable: (title: string, commands: readonly string[], until: string) =>
    `Ваше «да» записано: ${title}. Теперь нужно второе подтверждение, но в мессенджере мне некому его отправить. Подтвердить можно до ${until} командой: ${commands.map((command) => `\`${command}\``).join(" или ")}. Пока ничего не записано.`,
  secondNobody: (title: string, until: string) =>
    `Ваше «да» записано: ${title}. Нужно второе подтверждение, но сейчас дать его никто не вправе: попросите администратора. Карточка действует до ${until}; пока ничего не записано.`,
  secondAgreed: (title: string, name: string) => `Вы подтвердили: ${title} (просьба: ${name}).`,
  secondRejected: (title: string, name: string) => `Вы отклонили: ${title} (просьба: ${name}). Ничего не записано.`,
  secondSettled: (title: string, name: string) => `Уже решено, ответ дан: ${name}. ${title}`,
  secondExpired: (title: string) => `Время вышло, второго подтверждения за сутки не было. Ничего не записано: ${title}`,
  agreedBy: (title: string, name: string) => `Второе подтверждение получено (${name}): ${title}`,
  rejectedBy: (title: string, name: string) => `Отклонено (${name}), ничего не записано: ${title}`,
  personRemoved: (id: string, cards: number) => `${id}: доступа больше нет, учётные записи отвязаны, закрыто карточек: ${cards}.`,
  unknownRole: (role: string, known: readonly string[]) => `Роли «${role}» в политике доступа нет. Есть: ${known.join(", ")}.`,
  policyStandard: "стандартная политика, файла нет",
  policyFrom: (file: string) => `политика из ${file}`,
  policyFine: (file: string) => `Политика доступа в порядке: ${file}.`,
  rolesWithoutLine: (people: string) => `Роли, которых в политике нет, ничего не дают: ${people}`,
  scopes: { own: "своё", department: "отдел", all: "всё" } as Readonly<Record<string, string>>,
  verbs: { read: "читать", create: "создавать", change: "менять" } as Readonly<Record<string, string>>,
  denied: "нет",
  needsSecond: "со вторым «да»",
  secondAbove: (limit: string) => `второе «да» свыше ${limit}`,
  denyAbove: (limit: string) => `нельзя свыше ${limit}`,
  noSuggestions: (system: string) => `${system}: новых совпадений по почте нет.`,
  suggestion: (person: string, principal: string, name: string, email: string) => `${person} ↔ ${principal} (${name}, ${email})`,
  confirmSuggestions: (system: string) => `Ничего ещё не связано. Связать всех: svyaz people suggest ${system} --confirm`,
  suggestFailed: (system: string, reason: string) => `${system}: пользователей узнать не удалось — ${reason}`,
};
