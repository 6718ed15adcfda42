import { createRoot } from 'react-dom/client';
import { App } from './app/app';
import { startI18n } from './lib/i18n';
import './app/base.css';

const root = document.getElementById('root');
if (root) startI18n().then(() => createRoot(root).render(<App />));
