// Drag and drop, and progress, for forms that bring workbooks. Without it they work as any form does.
for (const form of document.querySelectorAll('form[data-upload]')) {
  const input = form.querySelector('input[type=file]');
  const zone = form.querySelector('.drop');
  const list = form.querySelector('.chosen');
  const bar = form.querySelector('progress');
  const said = form.querySelector('.said');

  const tell = () => {
    const files = [...input.files];
    const size = files.reduce((sum, f) => sum + f.size, 0);
    list.textContent = files.length === 0 ? '' : '已选 ' + files.length + ' 个文件，共 ' + Math.max(1, Math.round(size / 1024)) + ' KB' +
      (files.length <= 5 ? '：' + files.map((f) => f.name).join('、') : '');
    suggest(files[0]);
  };

  // What the first file's name says of fund and period, where nothing is chosen yet. The check compares the sheet's own title.
  const suggest = (file) => {
    const fund = form.querySelector('select[name=fund]');
    const period = form.querySelector('input[name=period]');
    if (!file || !fund || !period) return;
    const guessed = [];
    if (fund.value === '') {
      const named = [...fund.options].find((o) => o.value !== '' && file.name.includes(o.dataset.name));
      if (named) { fund.value = named.value; guessed.push('项目'); }
    }
    const date = file.name.match(/(20\d\d)(?:年(?:(1[0-2]|0?[1-9])月)?)?/);
    if (period.value === '' && date) {
      period.value = date[1] + (date[2] ? '-' + date[2].padStart(2, '0') : '');
      guessed.push('期间');
    }
    if (guessed.length > 0) said.textContent = guessed.join('和') + '是照文件名填的，请核对。';
  };

  input.addEventListener('change', tell);
  zone.classList.add('live');
  for (const name of ['dragover', 'dragenter']) {
    zone.addEventListener(name, (e) => { e.preventDefault(); zone.classList.add('over'); });
  }
  zone.addEventListener('dragleave', () => zone.classList.remove('over'));
  zone.addEventListener('drop', (e) => {
    e.preventDefault();
    zone.classList.remove('over');
    input.files = e.dataTransfer.files;
    tell();
  });

  form.addEventListener('submit', (e) => {
    e.preventDefault();
    const data = new FormData(form); // in the order of the page: the token first, the files last
    const button = form.querySelector('button[type=submit]');
    const request = new XMLHttpRequest();
    button.disabled = true;
    bar.hidden = false;
    request.upload.addEventListener('progress', (p) => {
      if (!p.lengthComputable) return;
      bar.value = p.loaded / p.total;
      said.textContent = p.loaded < p.total ? '正在传：' + Math.floor(100 * p.loaded / p.total) + '%' : '已传完，正在收下……';
    });
    request.addEventListener('error', () => {
      button.disabled = false;
      said.textContent = '传到一半断了，已收下的文件都在。请再传一次，收下过的不会重复。';
    });
    request.addEventListener('load', () => {
      if (request.status < 300) {
        location.assign(request.responseURL);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, 'text/html');
      document.querySelector('main').replaceWith(page.querySelector('main'));
      document.querySelector('[role=alert]')?.scrollIntoView();
    });
    request.open('POST', form.action);
    request.send(data);
  });
}
