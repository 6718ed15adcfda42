import bot from './bot.json';
import common from './common.json';
import contacts from './contacts.json';
import content from './content.json';
import desk from './desk.json';
import errors from './errors.json';
import guard from './guard.json';
import knowledge from './knowledge.json';
import reasons from './reasons.json';
import session from './session.json';
import settings from './settings.json';

export default {
  bot,
  common,
  contacts,
  content,
  desk,
  errors,
  guard,
  knowledge,
  reasons,
  session,
  settings,
};
