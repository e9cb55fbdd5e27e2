import './base.css';
import './mounts.css';
import './samba.css';
import './changes.css';
import './findings.css';
import './installs.css';
