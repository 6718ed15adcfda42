/**
 * What the bot says to customers by itself, for the phone previews. Customers read Chinese whatever
 * language the console is in; the server has the same words (`bot/menu.rs`).
 */
export const customer = {
  back: (word: string) => `回复 ${word} 返回上一级`,
  home: (word: string) => `回复 ${word} 回主菜单`,
  /** Between the ways of one line. */
  comma: '，',
  /** Shows the menu when the tenant has no word for it. */
  openMenu: '菜单',
  /** Above and below the questions that follow an answer. */
  related: '您可能还想了解：',
  relatedHow: '回复数字查看。',
};
