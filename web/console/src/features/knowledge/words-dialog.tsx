import { Input, Modal } from 'antd';
import { useState } from 'react';

/** Asks for some words, or for none. */
export function WordsDialog(props: {
  open: boolean;
  title: string;
  /** What happens then. */
  text?: string;
  hint: string;
  ok: string;
  required?: boolean;
  busy: boolean;
  onOk: (words: string) => void;
  onClose: () => void;
}) {
  const [words, setWords] = useState('');
  return (
    <Modal
      open={props.open}
      title={props.title}
      okText={props.ok}
      confirmLoading={props.busy}
      okButtonProps={{ disabled: props.required && !words.trim() }}
      destroyOnHidden
      afterClose={() => setWords('')}
      onCancel={props.onClose}
      onOk={() => props.onOk(words.trim())}
    >
      {props.text && <p className="muted">{props.text}</p>}
      <Input.TextArea
        autoFocus
        rows={3}
        maxLength={500}
        aria-label={props.title}
        placeholder={props.hint}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
    </Modal>
  );
}
