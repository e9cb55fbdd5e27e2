import './base.css';
import './installs.css';
