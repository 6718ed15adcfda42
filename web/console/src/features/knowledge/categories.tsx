import { DeleteOutlined, EditOutlined, FolderAddOutlined } from '@ant-design/icons';
import { App, Button, Form, Input, Tooltip, Tree, TreeSelect } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '@/components/form-dialog';
import { useReport } from '@/components/problem';
import type { Category } from '@/lib/types';
import { useDeleteCategory, useSaveCategory } from './api';

export interface TreeNode {
  key: string;
  value: string;
  title: string;
  children: TreeNode[];
}

/** The flat list as a tree; what lost its parent stands at the top. */
export function categoryTree(categories: Category[]): TreeNode[] {
  const nodes = new Map(
    categories.map((one) => [
      one.id,
      { key: one.id, value: one.id, title: one.name, children: [] as TreeNode[] },
    ]),
  );
  const top: TreeNode[] = [];
  for (const one of categories) {
    const node = nodes.get(one.id);
    if (!node) continue;
    const parent = one.parent ? nodes.get(one.parent) : undefined;
    (parent ? parent.children : top).push(node);
  }
  return top;
}

type Editing = { id?: string; name?: string; parent?: string | null };

function CategoryDialog(props: {
  editing: Editing | null;
  categories: Category[];
  onClose: () => void;
}) {
  const { t } = useTranslation(['knowledge', 'common']);
  const save = useSaveCategory();
  return (
    <FormDialog<{ name: string; parent?: string | null }>
      open={props.editing !== null}
      title={t(props.editing?.id ? 'category_edit' : 'category_new')}
      initialValues={props.editing ?? {}}
      submit={({ name, parent }) =>
        save.mutateAsync({ id: props.editing?.id, name, parent: parent ?? null })
      }
      onClose={props.onClose}
    >
      <Form.Item
        name="name"
        label={t('common:name')}
        rules={[{ required: true, message: t('common:required') }]}
      >
        <Input autoFocus maxLength={60} />
      </Form.Item>
      <Form.Item name="parent" label={t('category_parent')}>
        <TreeSelect
          allowClear
          treeDefaultExpandAll
          treeData={categoryTree(props.categories.filter((one) => one.id !== props.editing?.id))}
        />
      </Form.Item>
    </FormDialog>
  );
}

/** The left column of the base. */
export function Categories(props: {
  categories: Category[];
  selected?: string;
  mayEdit: boolean;
  onSelect: (id?: string) => void;
}) {
  const { t } = useTranslation(['knowledge', 'common']);
  const { modal } = App.useApp();
  const [editing, setEditing] = useState<Editing | null>(null);
  const remove = useDeleteCategory();
  const report = useReport();
  const chosen = props.categories.find((one) => one.id === props.selected);
  const confirmRemove = (category: Category) =>
    modal.confirm({
      title: t('category_delete', { name: category.name }),
      content: t('category_delete_text'),
      okText: t('common:delete'),
      okButtonProps: { danger: true },
      onOk: () =>
        remove.mutateAsync(category.id).then(() => props.onSelect(undefined), report.failed),
    });
  return (
    <div className="panel" style={{ padding: 10 }}>
      <div style={{ display: 'flex', alignItems: 'center', padding: '2px 6px 8px' }}>
        <b style={{ flex: 1 }}>{t('categories')}</b>
        {props.mayEdit && (
          <>
            {chosen && (
              <>
                <Tooltip title={t('category_edit')}>
                  <Button
                    size="small"
                    type="text"
                    aria-label={t('category_edit')}
                    icon={<EditOutlined />}
                    onClick={() => setEditing(chosen)}
                  />
                </Tooltip>
                <Tooltip title={t('common:delete')}>
                  <Button
                    size="small"
                    type="text"
                    aria-label={t('common:delete')}
                    icon={<DeleteOutlined />}
                    onClick={() => confirmRemove(chosen)}
                  />
                </Tooltip>
              </>
            )}
            <Tooltip title={t('category_new')}>
              <Button
                size="small"
                type="text"
                aria-label={t('category_new')}
                icon={<FolderAddOutlined />}
                onClick={() => setEditing({ parent: props.selected })}
              />
            </Tooltip>
          </>
        )}
      </div>
      <Tree
        className={props.categories.some((one) => one.parent) ? 'snug-tree' : 'flat-tree'}
        blockNode
        defaultExpandAll
        key={props.categories.length}
        selectedKeys={[props.selected ?? '']}
        treeData={[
          { key: '', value: '', title: t('common:all'), children: [] },
          ...categoryTree(props.categories),
        ]}
        titleRender={(node) => <span title={node.title}>{node.title}</span>}
        onSelect={([key]) => props.onSelect(key ? String(key) : undefined)}
      />
      <CategoryDialog
        editing={editing}
        categories={props.categories}
        onClose={() => setEditing(null)}
      />
    </div>
  );
}
