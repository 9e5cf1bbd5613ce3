/** The words of `svyaz pii`. */
export const privacy = {
  found: (place: string, kind: string, count: number) => `${place.padEnd(24)} ${kind.padEnd(14)} ${count}`,
  nothingFound: "Нигде не найдено.",
  classes: {
    messages: "сообщения",
    history: "история",
    approvals: "карточки",
    audit: "журнал",
    mirror: "зеркало",
    index: "поиск",
    people: "люди",
    alerts: "оповещения",
    pictures: "картинки",
  } as Readonly<Record<string, string>>,
  atSource: (refs: readonly string[], more: number) =>
    `Сотрите и в самих системах, там данные остаются: ${refs.join(", ")}${more > 0 ? ` и ещё ${more}` : ""}.`,
  confirm: (word: string) => `Стереть безвозвратно во всех этих местах? Чтобы подтвердить, введите «${word}»: `,
  confirmWord: "стереть",
  notConfirmed: "Ничего не стёрто.",
  yesNeeded: "Без терминала добавьте --yes: стирание необратимо.",
  erased: (count: number) => `Стёрто, мест: ${count}. В резервных копиях данные остаются, пока те не истекут.`,
  busy: (count: number) => `Карточек, которые записываются прямо сейчас: ${count}. Повторите через минуту.`,
  left: "Пока стирали, данные появились снова; повторите.",
  purged: (counts: string) => `Удалено по срокам хранения: ${counts}.`,
};
